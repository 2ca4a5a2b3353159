// The operators' page: signing in, then the shell with its screens. What is shown is made of elements and text alone; nothing that
// central says is ever taken for markup.
import { render } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import { act, onSignedOut, read, readAhead } from './ask.ts';
import { openEarly } from './live.ts';
import { placeNow, usePlace } from './route.ts';
import { SignIn, Welcome } from './screens/welcome.tsx';
import { type OwnSession, SessionContext } from './session.ts';
import { Shell } from './shell.tsx';
import { rowsPath } from './use-fleet.ts';

function Page() {
  /** undefined: not asked yet; null: nobody. */
  const [own, setOwn] = useState<OwnSession | null | undefined>(undefined);
  const { path } = usePlace();
  useLayoutEffect(() => {
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

/** The stream first: what is read after it stands needs no second look. */
function beginEarly([first, ...rest]: readonly string[]): void {
  if (first === 'welcome') return;
  openEarly();
  if ((first === '' || first === 'fleet') && rest.length === 0) readAhead(rowsPath);
}

const app = document.getElementById('app');
if (app) {
  app.replaceChildren();
  beginEarly(placeNow().path);
  render(<Page />, app);
}
