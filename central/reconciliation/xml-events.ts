// XML as a stream of elements that begin and end, with their text: bounded in depth and in text, without entities or DTDs.
import sax, { type QualifiedTag } from 'sax';
import type { Bytes } from './lines.ts';

export type XmlEvent =
  | { kind: 'open'; name: string; namespace: string; attributes: Record<string, string>; line: number }
  /** `text` is what stood directly within the element, without the space around it, cut at textCharactersMax. */
  | { kind: 'close'; name: string; text: string; line: number }
  /** It is not well-formed from here on, or it ends too early. Nothing follows. */
  | { kind: 'broken'; problem: string; line: number };

export const textCharactersMax = 4096;
export const depthMax = 64;

/** The events of an XML document in UTF-8, as they are asked for: no more of them are held than one chunk makes. */
export async function* xmlEvents(bytes: Bytes): AsyncGenerator<XmlEvent> {
  const parser = new sax.SAXParser(true, { xmlns: true, position: true });
  let events: XmlEvent[] = [];
  const texts: string[] = [];
  let broken = false;
  const line = () => parser.line + 1;
  const fail = (problem: string) => {
    if (broken) return;
    broken = true;
    events.push({ kind: 'broken', problem: problem.split('\n')[0] ?? '', line: line() });
  };
  parser.onopentag = (tag) => {
    if (broken) return;
    const { local, uri, attributes } = tag as QualifiedTag;
    if (texts.length >= depthMax) return fail('elements are nested too deep');
    texts.push('');
    const values = Object.values(attributes).map(({ local, value }): [string, string] => [local, value]);
    events.push({
      kind: 'open',
      name: local,
      namespace: uri,
      attributes: Object.fromEntries(values),
      line: line(),
    });
  };
  parser.onclosetag = (name) => {
    if (broken) return;
    const local = name.slice(name.indexOf(':') + 1);
    events.push({ kind: 'close', name: local, text: (texts.pop() ?? '').trim(), line: line() });
  };
  const onText = (text: string) => {
    const held = texts.at(-1);
    if (held !== undefined && held.length < textCharactersMax) {
      texts[texts.length - 1] = (held + text).slice(0, textCharactersMax);
    }
  };
  parser.ontext = onText;
  parser.oncdata = onText;
  parser.ondoctype = () => fail('a document type is not taken');
  parser.onerror = (error) => fail(error.message);
  const decoder = new TextDecoder('utf-8');
  for await (const chunk of bytes) {
    parser.write(decoder.decode(chunk, { stream: true }));
    yield* events;
    if (broken) return;
    events = [];
  }
  parser.write(decoder.decode());
  if (!broken) parser.close();
  yield* events;
}
