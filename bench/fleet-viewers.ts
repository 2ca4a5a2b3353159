// People who look at the operators' page, as far as central has to do with them: streams over real HTTP, each with the session of a
// person, read as they come.
import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';

export interface Looking {
  /** What all of them were told until now. */
  told(): { events: number; bytes: number };
  leave(): void;
}

export async function openViewers(url: string, cookie: string, count: number): Promise<Looking> {
  const told = { events: 0, bytes: 0 };
  const requests: ClientRequest[] = [];
  for (let n = 0; n < count; n++) {
    const request = get(`${url}/v1/events`, {
      agent: false,
      headers: { cookie, accept: 'text/event-stream' },
    });
    requests.push(request);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) throw new Error(`a viewer was answered ${response.statusCode}`);
    response.on('data', (bytes: Buffer) => {
      told.bytes += bytes.length;
      // An event ends at an empty line, and so does a heartbeat, which has no `event:`.
      for (let at = bytes.indexOf('event:'); at >= 0; at = bytes.indexOf('\nevent:', at + 1)) told.events++;
    });
    // Central ends them at the end of the bench.
    response.on('error', () => {});
    request.on('error', () => {});
  }
  return {
    told: () => ({ ...told }),
    leave: () => {
      for (const request of requests) request.destroy();
    },
  };
}
