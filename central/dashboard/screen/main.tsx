// The operators' page: signing in, then the shell with its screens. What is shown is made of elements and text alone; nothing that
// central says is ever taken for markup.
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { act, onSignedOut, read } from './ask.ts';
import { usePlace } from './route.ts';
import { SignIn, Welcome } from './screens/welcome.tsx';
import { type OwnSession, SessionContext } from './session.ts';
import { Shell } from './shell.tsx';

function Page() {
  /** undefined: not asked yet; null: nobody. */
  const [own, setOwn] = useState<OwnSession | null | undefined>(undefined);
  const { path } = usePlace();
  useEffect(() => {
    onSignedOut(() => setOwn(null));
    void read<OwnSession>('/v1/session', true).then((answer) =>
      setOwn(answer.kind === 'answered' ? answer.value : null),
    );
  }, []);

  const token = path[0] === 'welcome' ? path[1] : undefined;
  if (token) return <Welcome token={token} onSignedIn={setOwn} />;
  if (own === undefined) return null;
  if (own === null) return <SignIn onSignedIn={setOwn} />;
  const leave = async () => {
    await act('POST', '/v1/session/end');
    setOwn(null);
  };
  return (
    <SessionContext.Provider value={{ own, take: setOwn, leave: () => void leave() }}>
      <Shell />
    </SessionContext.Provider>
  );
}

const app = document.getElementById('app');
if (app) {
  app.replaceChildren();
  render(<Page />, app);
}
