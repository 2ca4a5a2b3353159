// Before anybody is signed in: signing in, and setting up by a one-time link.
import { useEffect, useState } from 'preact/hooks';
import { act, refusalWords } from '../ask.ts';
import { Refusal } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { Qr } from '../parts/qr.tsx';
import { go } from '../route.ts';
import type { OwnSession } from '../session.ts';

interface LinkHolder {
  name: string;
  role: string;
  app: { secret: string; uri: string };
  secondFactor: OwnSession['secondFactor'];
}

export function SignIn({ onSignedIn }: { onSignedIn: (own: OwnSession) => void }) {
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const { said, busy, submit } = useSubmit(async () => {
    const sent = code.replaceAll(' ', '');
    const body = { name: name.trim(), password, ...(sent !== '' && { code: sent }) };
    const answer = await act<OwnSession>('POST', '/v1/session', body);
    if (answer.kind === 'answered') onSignedIn(answer.value);
    else setCode('');
    return answer.kind === 'answered' ? '' : refusalWords(answer);
  });
  return (
    <main class="alone">
      <Sign />
      <h1>Sign in</h1>
      <form onSubmit={submit}>
        <Field
          label="Name"
          name="username"
          autocomplete="username"
          autocapitalize="none"
          required
          value={name}
          onValue={setName}
        />
        <Field
          label="Password"
          name="password"
          type="password"
          autocomplete="current-password"
          required
          value={password}
          onValue={setPassword}
        />
        <Field
          label="Code from your app"
          hint="Six digits. Leave it empty if you have set up no app."
          name="code"
          inputMode="numeric"
          autocomplete="one-time-code"
          value={code}
          onValue={setCode}
        />
        <Refusal words={said} />
        <button type="submit" class="lead" disabled={busy}>
          Sign in
        </button>
      </form>
      <p class="hint">No password, or no phone any more? An admin makes you a new link.</p>
    </main>
  );
}

export function Welcome({ token, onSignedIn }: { token: string; onSignedIn: (own: OwnSession) => void }) {
  const [holder, setHolder] = useState<LinkHolder | null>(null);
  const [ended, setEnded] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [code, setCode] = useState('');
  useEffect(() => {
    void act<LinkHolder>('POST', '/v1/session/links', { token }).then((answer) => {
      if (answer.kind === 'answered') setHolder(answer.value);
      else setEnded(refusalWords(answer));
    });
  }, [token]);
  const { said, busy, submit } = useSubmit(async () => {
    if (password !== again) return 'The two passwords differ.';
    const sent = code.replaceAll(' ', '');
    const body = { token, password, ...(sent !== '' && { code: sent }) };
    const answer = await act<OwnSession>('POST', '/v1/session/links/use', body);
    if (answer.kind !== 'answered') return refusalWords(answer);
    onSignedIn(answer.value);
    go('#/fleet');
    return '';
  });

  if (ended !== '') {
    return (
      <main class="alone">
        <Sign />
        <h1>This link is closed</h1>
        <p role="alert">{ended}</p>
        <a class="button lead" href="#/">
          Sign in
        </a>
      </main>
    );
  }
  if (holder === null) return <main class="alone" aria-busy="true" />;
  const optional = holder.secondFactor === 'optional';
  return (
    <main class="alone welcome">
      <Sign />
      <h1>Welcome, {holder.name}</h1>
      <p>
        You will be signed in as {holder.role}. Choose a password, and set up an authenticator app on your
        phone.
      </p>
      <form onSubmit={submit}>
        <input type="hidden" autocomplete="username" name="username" value={holder.name} />
        <Field
          label="New password"
          hint="At least 12 characters. A few words are good."
          type="password"
          name="new-password"
          autocomplete="new-password"
          required
          value={password}
          onValue={setPassword}
        />
        <Field
          label="The same again"
          type="password"
          name="again"
          autocomplete="new-password"
          required
          value={again}
          onValue={setAgain}
        />
        <AppSetUp app={holder.app} />
        <Field
          label="Code from your app"
          hint={
            optional
              ? 'Leave it empty to go on without an app; you can set one up later.'
              : 'Six digits, to see that it works.'
          }
          name="code"
          inputMode="numeric"
          autocomplete="one-time-code"
          required={!optional}
          value={code}
          onValue={setCode}
        />
        <Refusal words={said} />
        <button type="submit" class="lead" disabled={busy}>
          Start
        </button>
      </form>
    </main>
  );
}

export function AppSetUp({ app }: { app: LinkHolder['app'] }) {
  return (
    <div class="app">
      <Qr text={app.uri} label="QR code for your authenticator app" />
      <p class="hint">
        Take a picture of it with the app. Or type this in:{' '}
        <code class="secret">{app.secret.match(/.{1,4}/g)?.join(' ')}</code>
      </p>
    </div>
  );
}

function Sign() {
  return (
    <p class="sign">
      <span aria-hidden="true">H</span> Holdfast
    </p>
  );
}

/** A form that is sent once at a time, and says why it was refused. */
function useSubmit(send: () => Promise<string>) {
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setSaid('');
    setBusy(true);
    const words = await send();
    setBusy(false);
    setSaid(words);
  };
  return { said, busy, submit };
}
