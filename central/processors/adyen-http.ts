// One request to Adyen over HTTP: sent once, bounded from first to last byte, and it says whether anybody was reached.
// Adyen's own client does none of the three: its time-out begins anew with every byte, and its errors keep words only.
import { type IncomingMessage, Agent as PlainAgent, request as requestPlain } from 'node:http';
import { request as requestTls, Agent as TlsAgent } from 'node:https';

export type Sent =
  | { kind: 'answered'; status: number; retryAfterSeconds: number | null; body: string }
  /** `reached` is false where no connection was made: nothing was sent. */
  | { kind: 'not_answered'; reached: boolean; timedOut: boolean };

export type Sender = (path: string, body: string, headers: Record<string, string>) => Promise<Sent>;

/** Connections kept open or under way at once. */
const connectionsMax = 256;
/** Answers of payments are some kilobytes. */
const answerBytesMax = 1024 * 1024;

/** @param callMsMax what one call may take, waiting for a connection included */
export function createSender(baseUrl: URL, callMsMax: number): Sender {
  const tls = baseUrl.protocol === 'https:';
  const request = tls ? requestTls : requestPlain;
  const agent = new (tls ? TlsAgent : PlainAgent)({ keepAlive: true, maxSockets: connectionsMax });
  const prefix = baseUrl.href.replace(/\/$/, '');
  return (path, body, headers) =>
    new Promise((resolve) => {
      let reached = false;
      let timedOut = false;
      const sending = request(`${prefix}${path}`, { method: 'POST', agent, headers });
      const timer = setTimeout(() => {
        timedOut = true;
        sending.destroy();
      }, callMsMax);
      const end = (sent: Sent) => {
        clearTimeout(timer);
        resolve(sent);
      };
      const lost = () => end({ kind: 'not_answered', reached, timedOut });
      sending.on('socket', (socket) => {
        if (sending.reusedSocket) reached = true;
        else
          socket.once(tls ? 'secureConnect' : 'connect', () => {
            reached = true;
          });
      });
      sending.on('error', lost);
      sending.on('close', lost);
      sending.on('response', (answer) =>
        readAnswer(answer, (text) =>
          end({
            kind: 'answered',
            status: answer.statusCode ?? 0,
            retryAfterSeconds: secondsOf(answer.headers['retry-after']),
            body: text,
          }),
        ),
      );
      sending.end(body);
    });
}

/** A body that is too long ends the connection; what breaks off is told by the request's own end. */
function readAnswer(answer: IncomingMessage, whole: (text: string) => void): void {
  const chunks: Buffer[] = [];
  let bytes = 0;
  answer.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > answerBytesMax) answer.destroy();
    else chunks.push(chunk);
  });
  // Its error is the same break, told a second time.
  answer.on('error', () => undefined);
  answer.on('end', () => {
    if (answer.complete) whole(Buffer.concat(chunks).toString());
  });
}

function secondsOf(header: string | undefined): number | null {
  const seconds = Number(header);
  return seconds > 0 ? seconds : null;
}
