// A box in QEMU: its power, its console, and the cable to central.
import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ImageFacts, ImageFiles } from '../../provisioning/image/image-files.ts';
import { canAccelerate, emulatorFor, machineArguments } from '../../provisioning/image/machine.ts';
import { toolMissing } from '../../provisioning/image/tool.ts';

export interface GuestOptions {
  image: { files: ImageFiles; facts: ImageFacts };
  disk: string;
  kioskPort: number;
  /** A socket that QEMU makes; its path has 107 characters at most. */
  control: string;
  /** All that the console ever said. */
  consoleLog: string;
}

export interface Guest {
  /** Since the power came. */
  seconds(): number;
  /** Types a command at the console, then what it asks for. @returns what it printed */
  type(command: string, ...questions: readonly Question[]): Promise<string>;
  /** Plugs the cable to central in or pulls it: packets are lost, nobody is told. */
  setUplink(up: boolean): Promise<void>;
  /** kill -9 of QEMU: what the guest had not brought to its disk is gone. */
  pullPlug(): Promise<void>;
  /** In order, by the console. */
  powerOff(): Promise<void>;
}

export interface Question {
  /** How it ends. */
  asked: string;
  typed: string;
}

const prompt = 'holdfast> ';
const promptMsMax = 900_000;
const commandMsMax = 300_000;
const powerOffMsMax = 300_000;

/** Switches the box on; what it is asked waits until its console is there. */
export async function switchOn({
  image,
  disk,
  kioskPort,
  control,
  consoleLog,
}: GuestOptions): Promise<Guest> {
  const { architecture } = image.facts;
  const startMs = performance.now();
  const { program, debian } = emulatorFor(architecture);
  const line = machineArguments({
    architecture,
    image: image.files,
    disk,
    kioskPort,
    accelerated: canAccelerate(architecture),
    control,
    console: 'stdio',
    memoryMebibytes: 1024,
  });
  const child = spawn(program, line, { stdio: ['pipe', 'pipe', 'pipe'] });
  // Whatever ends this process ends the box.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  let ended: string | null = null;
  const gone = new Promise<void>((resolve, reject) => {
    child.once('error', (error) => reject(toolMissing(program, debian, error)));
    child.once('exit', (code, signal) => {
      process.off('exit', end);
      ended = signal ?? `exit code ${code}`;
      resolve();
    });
  });
  gone.catch(() => {});
  const read = readConsole(child, consoleLog);
  const monitor = await Promise.race([
    openMonitor(control),
    gone.then(() => Promise.reject(new Error(`${program}: ${ended}\n${read.all()}`))),
  ]);

  async function untilSaid(mark: string, msMax: number): Promise<string> {
    const deadline = performance.now() + msMax;
    for (;;) {
      const said = read.taken(mark);
      if (said !== null) return said;
      if (ended !== null) throw new Error(`QEMU ended (${ended}); its console said:\n${read.all()}`);
      if (performance.now() > deadline)
        throw new Error(`no "${mark}" at the console within ${msMax} ms; it said:\n${read.all()}`);
      await sleep(20);
    }
  }
  let atPrompt = false;
  let turn: Promise<unknown> = Promise.resolve();
  async function ask(command: string, questions: readonly Question[]): Promise<string> {
    if (!atPrompt) await untilSaid(prompt, promptMsMax);
    child.stdin?.write(`${command}\n`);
    atPrompt = false;
    let said = '';
    for (const { asked, typed } of questions) {
      said += await untilSaid(asked, commandMsMax);
      child.stdin?.write(`${typed}\n`);
    }
    said += await untilSaid(prompt, commandMsMax);
    atPrompt = true;
    // The terminal echoes what was typed.
    return said.slice(said.indexOf(command) + command.length).trim();
  }

  return {
    seconds: () => (performance.now() - startMs) / 1000,
    type(command, ...questions) {
      const answer = turn.then(() => ask(command, questions));
      turn = answer.catch(() => {});
      return answer;
    },
    async setUplink(up) {
      await monitor.tell('set_link', { name: 'uplink', up });
    },
    async pullPlug() {
      end();
      await gone;
      monitor.close();
    },
    async powerOff() {
      await turn;
      if (!atPrompt) await untilSaid(prompt, promptMsMax);
      child.stdin?.write('poweroff\n');
      const late = setTimeout(end, powerOffMsMax);
      await gone;
      clearTimeout(late);
      monitor.close();
      if (ended !== 'exit code 0')
        throw new Error(`the box did not switch itself off: ${ended}\n${read.all()}`);
    },
  };
}

/** What the console said since it was last taken. */
function readConsole(child: ChildProcess, log: string) {
  let text = '';
  let lately = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (data: string) => {
      appendFileSync(log, data);
      text += data;
      lately = `${lately}${data}`.slice(-4000);
    });
  }
  return {
    all: () => lately,
    /** Up to the next mark, which is taken too; null when it has not come. */
    taken(mark: string): string | null {
      const at = text.indexOf(mark);
      if (at < 0) return null;
      const before = text.slice(0, at).replaceAll('\r', '');
      text = text.slice(at + mark.length);
      return before;
    },
  };
}

interface Monitor {
  tell(execute: string, parameters: object): Promise<void>;
  close(): void;
}

/** QEMU Machine Protocol: one JSON object a line, an answer to each. */
async function openMonitor(path: string): Promise<Monitor> {
  const socket = await connected(path);
  let text = '';
  const waiting: ((answer: { error?: unknown }) => void)[] = [];
  socket.setEncoding('utf8').on('data', (data: string) => {
    text += data;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const said: { return?: unknown; error?: unknown } = JSON.parse(line);
      if ('return' in said || 'error' in said) waiting.shift()?.(said);
    }
  });
  socket.on('error', () => {});
  const tell = async (execute: string, parameters: object) => {
    const answer = new Promise<{ error?: unknown }>((resolve) => waiting.push(resolve));
    socket.write(`${JSON.stringify({ execute, arguments: parameters })}\n`);
    const { error } = await answer;
    if (error !== undefined) throw new Error(`QEMU refused ${execute}: ${JSON.stringify(error)}`);
  };
  await tell('qmp_capabilities', {});
  return { tell, close: () => socket.destroy() };
}

async function connected(path: string): Promise<Socket> {
  for (;;) {
    const socket = connect(path);
    const done = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true));
      socket.once('error', () => resolve(false));
    });
    if (done) return socket;
    await sleep(50);
  }
}
