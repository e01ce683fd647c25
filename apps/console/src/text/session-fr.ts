import type { sessionEn } from './session-en.ts'

/** French of signing in and out. */
export const sessionFr: typeof sessionEn = {
  title: 'Connexion',
  intro: 'Ce hub demande qui vous êtes. Collez un de vos jetons, ou venez ici depuis l’application qui vous l’a donné.',
  token: 'Jeton',
  tokenHint: 'Il reste dans ce navigateur, dans un cookie qu’aucun script ne peut lire, jusqu’à son expiration.',
  noToken: 'Collez d’abord un jeton.',
  speaksFor: (user) => `Un jeton de ${user}`,
  submit: 'Se connecter',
  submitAs: (user) => `Se connecter en tant que ${user}`,
  busy: 'Connexion en cours',
  make: 'Sur la machine du hub, cette commande en crée un :',
  expired: 'Votre session est terminée. Reconnectez-vous pour reprendre là où vous étiez.',
  revoked: 'Votre accès a été révoqué. Il faut un autre jeton pour continuer.',
  problems: {
    unauthorized: 'Le hub n’accepte pas ce jeton. L’avez-vous copié en entier, et est-il pour ce hub ?',
    token_expired: 'Ce jeton a expiré. Demandez-en un autre.',
    too_large: 'Ce jeton est trop grand pour un cookie. Demandez-en un avec moins de droits.',
    application: 'Ici, c’est l’application autour de ce hub qui décide : connectez-vous là-bas, puis revenez.',
    unreachable: 'Le hub ne répond pas. Réessayez dans un instant.',
  },
  signedInAs: (user) => `Connecté en tant que ${user}`,
  operator: 'Opérateur : tous les droits',
  until: (time) => `Jusqu’à ${time}`,
  signOut: 'Se déconnecter',
  signOutFailed: 'La déconnexion a échoué. Réessayez.',
}
