import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SOURCE = `#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
static void wait_ms(long ms) { struct timespec t = { 0, ms * 1000000L }; nanosleep(&t, 0); }
int fsync(int fd) { static int (*real)(int); if (!real) real = dlsym(RTLD_NEXT, "fsync"); wait_ms(DELAY); return real(fd); }
int fdatasync(int fd) { static int (*real)(int); if (!real) real = dlsym(RTLD_NEXT, "fdatasync"); wait_ms(DELAY); return real(fd); }
`

/** Environment that adds \`ms\` to every fsync of a process: what a disk does that this machine's cache hides. */
export function slowDisk(ms: number): { LD_PRELOAD: string } {
  const folder = mkdtempSync(join(tmpdir(), 'monofil-bench-'))
  const source = join(folder, 'slow.c')
  const library = join(folder, 'slow.so')
  writeFileSync(source, SOURCE)
  execFileSync('gcc', ['-O2', '-shared', '-fPIC', `-DDELAY=${ms}`, '-o', library, source, '-ldl'])
  return { LD_PRELOAD: library }
}
