// Who may sign in: inviting, roles, new links, and ending, for those who may manage persons.
import { useState } from 'preact/hooks';
import { type Role, roles } from '../../../people/roles.ts';
import { act } from '../ask.ts';
import { Badge } from '../parts/badge.tsx';
import { Card } from '../parts/card.tsx';
import { Confirm, Dialog } from '../parts/dialog.tsx';
import { Failure } from '../parts/failure.tsx';
import { Field } from '../parts/field.tsx';
import { Table } from '../parts/table.tsx';
import { Time } from '../parts/time.tsx';
import type { Person } from '../session.ts';
import { useAnswer } from '../use-answer.ts';

interface WithLink {
  person: Person;
  link: string;
}
type Asked =
  | { kind: 'invite' }
  | { kind: 'role' | 'link' | 'sessions' | 'end'; person: Person }
  | { kind: 'said'; given: WithLink };

const tones = { active: 'good', invited: 'warn', ended: 'quiet' } as const;

export function Persons() {
  const persons = useAnswer<{ items: Person[] }>('/v1/persons', (about) => /Person/.test(about));
  const [asked, setAsked] = useState<Asked | null>(null);
  const close = () => setAsked(null);
  const done = () => {
    close();
    persons.again();
  };
  const given = (value: WithLink) => {
    setAsked({ kind: 'said', given: value });
    persons.again();
  };
  return (
    <Card
      title="Persons"
      shape="wide"
      aside={
        <button type="button" onClick={() => setAsked({ kind: 'invite' })}>
          Invite …
        </button>
      }
    >
      <Failure of={persons} />
      <Table
        label="Persons"
        head={[
          'Name',
          'Role',
          'State',
          'App',
          'Last sign-in',
          { title: 'Sessions', number: true },
          'Actions',
        ]}
        rows={(persons.value?.items ?? []).map((person) => ({
          key: person.name,
          cells: [
            person.name,
            person.role,
            <Badge tone={tones[person.state]}>{person.state}</Badge>,
            person.secondFactor ? 'yes' : 'no',
            <Time ms={person.lastSignInMs} none="never" />,
            person.sessions,
            person.state === 'ended' ? '' : <Choices person={person} onChosen={setAsked} />,
          ],
        }))}
      />
      {asked?.kind === 'invite' && <Invite onDone={given} onClose={close} />}
      {asked?.kind === 'role' && <ChangeRole person={asked.person} onDone={done} onClose={close} />}
      {asked?.kind === 'link' && <NewLink person={asked.person} onDone={given} onClose={close} />}
      {asked?.kind === 'sessions' && <EndSessions person={asked.person} onDone={done} onClose={close} />}
      {asked?.kind === 'end' && <End person={asked.person} onDone={done} onClose={close} />}
      {asked?.kind === 'said' && <Said given={asked.given} onClose={close} />}
    </Card>
  );
}

function Choices({ person, onChosen }: { person: Person; onChosen: (asked: Asked) => void }) {
  const choices = { role: 'Role …', link: 'New link …', sessions: 'End sessions …', end: 'End …' } as const;
  return (
    <div class="buttons">
      {(Object.keys(choices) as (keyof typeof choices)[]).map((kind) => (
        <button
          key={kind}
          type="button"
          class="small"
          aria-label={`${choices[kind]} ${person.name}`}
          onClick={() => onChosen({ kind, person })}
        >
          {choices[kind]}
        </button>
      ))}
    </div>
  );
}

interface OfPerson<T> {
  person: Person;
  onDone: (value: T) => void;
  onClose: () => void;
}
const at = ({ name }: Person, what: string) => `/v1/persons/${encodeURIComponent(name)}/${what}`;

function RoleChoice({ role, onRole }: { role: Role; onRole: (role: Role) => void }) {
  return (
    <div class="field">
      <label for="role-choice">Role</label>
      <select id="role-choice" value={role} onChange={(event) => onRole(event.currentTarget.value as Role)}>
        {roles.map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    </div>
  );
}

function Invite({ onDone, onClose }: Omit<OfPerson<WithLink>, 'person'>) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  return (
    <Confirm
      title="Invite a person"
      yes="Invite"
      ready={name !== ''}
      act={() => act<WithLink>('POST', '/v1/persons', { name: name.trim(), role })}
      onDone={onDone}
      onClose={onClose}
    >
      <Field
        label="Name"
        hint="As the machine names its users: a-z, 0-9, _ . and -"
        value={name}
        onValue={setName}
        autocomplete="off"
        autocapitalize="none"
      />
      <RoleChoice role={role} onRole={setRole} />
    </Confirm>
  );
}

function ChangeRole({ person, onDone, onClose }: OfPerson<Person>) {
  const [role, setRole] = useState(person.role);
  return (
    <Confirm
      title={`Role of ${person.name}`}
      yes="Change"
      ready={role !== person.role}
      act={() => act<Person>('PUT', at(person, 'role'), { role })}
      onDone={onDone}
      onClose={onClose}
    >
      <RoleChoice role={role} onRole={setRole} />
    </Confirm>
  );
}

function NewLink({ person, onDone, onClose }: OfPerson<WithLink>) {
  return (
    <Confirm
      title={`New link for ${person.name}`}
      yes="Make the link"
      danger
      act={() => act<WithLink>('POST', at(person, 'link'))}
      onDone={onDone}
      onClose={onClose}
    >
      <p>The password, the app and every session of {person.name} end at once.</p>
    </Confirm>
  );
}

function EndSessions({ person, onDone, onClose }: OfPerson<Person>) {
  return (
    <Confirm
      title={`End the sessions of ${person.name}`}
      yes="End them"
      danger
      act={() => act<Person>('POST', at(person, 'sessions/end'))}
      onDone={onDone}
      onClose={onClose}
    >
      <p>{person.name} is signed out everywhere, and may sign in again.</p>
    </Confirm>
  );
}

function End({ person, onDone, onClose }: OfPerson<Person>) {
  const [reason, setReason] = useState('');
  return (
    <Confirm
      title={`End ${person.name}`}
      yes="End"
      danger
      ready={reason.trim() !== ''}
      act={() => act<Person>('POST', at(person, 'end'), { reason: reason.trim() })}
      onDone={onDone}
      onClose={onClose}
    >
      <p>{person.name} signs in no more. The name stays taken.</p>
      <Field
        label="Reason"
        hint="It stands in the audit log."
        value={reason}
        onValue={setReason}
        maxLength={500}
      />
    </Confirm>
  );
}

function Said({ given: { person, link }, onClose }: { given: WithLink; onClose: () => void }) {
  return (
    <Dialog title={`Link for ${person.name}`} onClose={onClose}>
      <p>
        Give it to {person.name} alone, over a way you trust. It opens once, until{' '}
        <Time ms={person.linkUntilMs} />, and is shown only now.
      </p>
      <p>
        <code class="link">{link}</code>
      </p>
      <div class="buttons">
        <button type="button" class="lead" onClick={onClose}>
          I have it
        </button>
      </div>
    </Dialog>
  );
}
