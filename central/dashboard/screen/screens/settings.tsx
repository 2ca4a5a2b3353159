// Settings: what is one's own, and who else may sign in.
import { useState } from 'preact/hooks';
import { act } from '../ask.ts';
import { Card, Facts } from '../parts/card.tsx';
import { Confirm } from '../parts/dialog.tsx';
import { Field } from '../parts/field.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import { type OwnSession, useMay, useSession } from '../session.ts';
import { useAnswer } from '../use-answer.ts';
import { Persons } from './persons.tsx';
import { AppSetUp } from './welcome.tsx';

export function Settings() {
  const mayManage = useMay('person.manage');
  return (
    <>
      <div class="title">
        <h1>Settings</h1>
      </div>
      <div class="cards">
        <Own />
        <OwnSessions />
        {mayManage && <Persons />}
      </div>
    </>
  );
}

function Own() {
  const { own, take } = useSession();
  const [asked, setAsked] = useState<'password' | 'app' | null>(null);
  const { name, role, secondFactor } = own.person;
  const done = (next: OwnSession) => {
    take(next);
    setAsked(null);
  };
  return (
    <Card title="You">
      <Facts
        of={[
          ['Name', name],
          ['Role', role],
          ['Authenticator app', secondFactor ? 'set up' : 'none'],
        ]}
      />
      <div class="buttons start">
        <button type="button" onClick={() => setAsked('password')}>
          Change password …
        </button>
        <button type="button" onClick={() => setAsked('app')}>
          {secondFactor ? 'Change app …' : 'Set up an app …'}
        </button>
      </div>
      {asked === 'password' && <ChangePassword onDone={done} onClose={() => setAsked(null)} />}
      {asked === 'app' && <ChangeApp onDone={done} onClose={() => setAsked(null)} />}
    </Card>
  );
}

interface Asking {
  onDone: (own: OwnSession) => void;
  onClose: () => void;
}

function ChangePassword({ onDone, onClose }: Asking) {
  const [password, setPassword] = useState('');
  const [newPassword, setNew] = useState('');
  const [again, setAgain] = useState('');
  return (
    <Confirm
      title="Change your password"
      yes="Change"
      ready={password !== '' && newPassword !== '' && newPassword === again}
      act={() => act<OwnSession>('PUT', '/v1/session/password', { password, newPassword })}
      onDone={onDone}
      onClose={onClose}
    >
      <p>Your other sessions end.</p>
      <Field
        label="Present password"
        type="password"
        autocomplete="current-password"
        value={password}
        onValue={setPassword}
      />
      <Field
        label="New password"
        type="password"
        autocomplete="new-password"
        hint="At least 12 characters."
        value={newPassword}
        onValue={setNew}
      />
      <Field
        label="The same again"
        type="password"
        autocomplete="new-password"
        value={again}
        onValue={setAgain}
      />
    </Confirm>
  );
}

/** First the password, then a code of the new app. */
function ChangeApp({ onDone, onClose }: Asking) {
  const [password, setPassword] = useState('');
  const [app, setApp] = useState<{ secret: string; uri: string } | null>(null);
  const [code, setCode] = useState('');
  const path = '/v1/session/second-factor';
  if (app === null) {
    return (
      <Confirm
        key="password"
        title="Set up an authenticator app"
        yes="Go on"
        ready={password !== ''}
        act={() => act<{ secret: string; uri: string }>('POST', path, { password })}
        onDone={setApp}
        onClose={onClose}
      >
        <Field
          label="Your password"
          type="password"
          autocomplete="current-password"
          value={password}
          onValue={setPassword}
        />
      </Confirm>
    );
  }
  return (
    <Confirm
      key="code"
      title="Set up an authenticator app"
      yes="Use this app"
      ready={code !== ''}
      act={() => act<OwnSession>('POST', `${path}/confirmation`, { code: code.replaceAll(' ', '') })}
      onDone={onDone}
      onClose={onClose}
    >
      <AppSetUp app={app} />
      <Field
        label="Code from the new app"
        inputMode="numeric"
        autocomplete="one-time-code"
        value={code}
        onValue={setCode}
      />
    </Confirm>
  );
}

interface Sessions {
  items: {
    number: number;
    madeMs: number;
    usedMs: number;
    untilMs: number;
    from: string;
    browser: string;
    own: boolean;
  }[];
}

function OwnSessions() {
  const sessions = useAnswer<Sessions>('/v1/session/all', () => false);
  const end = async (number: number) => {
    await act('POST', `/v1/session/all/${number}/end`);
    sessions.again();
  };
  return (
    <Card title="Your sessions" shape="wide">
      <Table
        label="Your sessions"
        head={['Signed in', 'Last used', 'From', 'Browser', 'Actions']}
        rows={(sessions.value?.items ?? []).map(({ number, madeMs, usedMs, from, browser, own }) => ({
          key: number,
          cells: [
            <Time ms={madeMs} />,
            <Time ms={usedMs} />,
            from,
            <span class="clip" title={browser}>
              {browser}
            </span>,
            own ? (
              <span class="quiet">this one</span>
            ) : (
              <button type="button" onClick={() => void end(number)}>
                End
              </button>
            ),
          ],
        }))}
      />
    </Card>
  );
}
