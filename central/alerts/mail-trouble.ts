// Why a mail did not go, as a code and what to do about it, from what nodemailer says of it. Pure.

export const mailTroubles = {
  mail_server_untrusted:
    'Name the authority of its certificate in alerts.mail.caFile, and the server in alerts.mail.host as its certificate does.',
  mail_tls_refused:
    'Set alerts.mail.security as the server wants it: "tls" where its port speaks TLS from the first byte (465), "starttls" else.',
  mail_login_refused:
    'Correct alerts.mail.user and the password in its file or credential, and start central again.',
  mail_login_wanted: 'The server takes mail of users it knows alone: set alerts.mail.user and a password.',
  mail_address_refused:
    'The server takes none from alerts.mail.from, or for none of alerts.mail.to: correct them.',
  mail_server_unknown: 'Correct alerts.mail.host, or look at the name servers of this machine.',
  mail_server_unreachable: 'Look at the mail server, at alerts.mail.host and port, and at what lies between.',
  mail_refused: 'Ask whoever keeps the mail server what it means.',
} as const;
export type MailTrouble = keyof typeof mailTroubles;

/** What of an error of nodemailer is looked at. */
interface Said {
  code?: unknown;
  originalCode?: unknown;
  responseCode?: unknown;
}

export function mailTroubleOf(error: Said): { code: MailTrouble; hint: string } {
  const code = codeOf(error);
  return { code, hint: mailTroubles[code] };
}

/** X.509 errors by their names in OpenSSL, and Node's own of a name that the certificate is not for. */
const untrusted = /CERT|UNABLE_TO_|SELF_SIGNED|ALTNAME/;

function codeOf({ code, originalCode, responseCode }: Said): MailTrouble {
  if (typeof originalCode === 'string' && untrusted.test(originalCode)) return 'mail_server_untrusted';
  if (typeof originalCode === 'string' && originalCode.startsWith('ERR_SSL')) return 'mail_tls_refused';
  switch (code) {
    case 'ETLS':
      return 'mail_tls_refused';
    case 'EAUTH':
    case 'ENOAUTH':
      return 'mail_login_refused';
    case 'EENVELOPE':
      return responseCode === 530 ? 'mail_login_wanted' : 'mail_address_refused';
    case 'EDNS':
      return 'mail_server_unknown';
    case 'ESOCKET':
    case 'ECONNECTION':
    case 'ETIMEDOUT':
      return 'mail_server_unreachable';
    default:
      return 'mail_refused';
  }
}
