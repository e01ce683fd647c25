/** This package's version: part of the tab's registry key, since two versions must not share their insides. */
export const VERSION = '0.0.0'
