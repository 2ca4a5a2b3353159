// Starting a rollout: what it brings, to whom, in which steps. Asked once more before the first box hears of it.
import { useEffect, useState } from 'preact/hooks';
import type { CatalogueDraft } from '../../../ledger/published.ts';
import type { ReleaseView, RolloutView } from '../../../rollout/port.ts';
import { type RolloutForm, readRollout, usualRollout } from '../../said/rollout-form.ts';
import { act } from '../ask.ts';
import { Card } from '../parts/card.tsx';
import { Choice } from '../parts/choice.tsx';
import { Confirm, Refusal } from '../parts/dialog.tsx';
import { Empty } from '../parts/empty.tsx';
import { Field } from '../parts/field.tsx';
import { go, to } from '../route.ts';
import { useAnswer } from '../use-answer.ts';

type Change = (changed: Partial<RolloutForm>) => void;
interface Typed {
  form: RolloutForm;
  change: Change;
}

const kinds = [
  ['release', 'A release'],
  ['flags', 'A flag'],
  ['policy', 'A policy'],
  ['catalogue', 'A catalogue'],
  ['configuration', 'A configuration'],
] as const;

export function RolloutBegin() {
  const [form, setForm] = useState(usualRollout);
  const [said, setSaid] = useState('');
  const [asked, setAsked] = useState<object | null>(null);
  const change: Change = (changed) => setForm((before) => ({ ...before, ...changed }));
  const submit = (event: Event) => {
    event.preventDefault();
    const read = readRollout(form);
    setSaid(read.kind === 'wrong' ? read.words : '');
    if (read.kind === 'whole') setAsked(read.body);
  };
  const typed = { form, change };
  return (
    <>
      <div class="title">
        <p class="back">
          <a href={to('rollouts')}>Rollouts</a> ›
        </p>
        <h1>Start a rollout</h1>
      </div>
      <form class="begin" onSubmit={submit}>
        <div class="cards">
          <Card title="What">
            <div class="fields">
              <Choice
                label="Change"
                value={form.kind}
                of={kinds}
                onValue={(kind) => change({ kind })}
                field
              />
              {form.kind === 'release' && <OfRelease {...typed} />}
              {form.kind === 'flags' && <OfFlag {...typed} />}
              {form.kind === 'policy' && <OfPolicy {...typed} />}
              {form.kind === 'catalogue' && <OfCatalogue {...typed} />}
              {form.kind === 'configuration' && <OfConfiguration {...typed} />}
            </div>
          </Card>
          <Card title="To whom">
            <div class="fields">
              <p class="hint">Everything named must hold. Nothing named: every appliance.</p>
              <Text {...typed} name="sites" label="Sites" hint="With commas between them." />
              <Text {...typed} name="labels" label="Labels" hint="Such as group=city." />
              <Text {...typed} name="appliances" label="Appliances" hint="With commas between them." />
            </div>
          </Card>
          <Card title="In which steps" shape="wide">
            <div class="fields steps">
              <Text {...typed} name="canary" label="Canary" hint="So many boxes get it first." digits />
              <Text
                {...typed}
                name="stages"
                label="Stages"
                hint="Then these shares in percent. None: the canary is all."
              />
              <Text
                {...typed}
                name="soakMinutes"
                label="Watch each stage for minutes"
                hint="After enough of it proved it."
                digits
              />
              <Text
                {...typed}
                name="failedPercentMax"
                label="Failed at most, percent"
                hint="More ends the stage."
                digits
              />
              <Text
                {...typed}
                name="silentHoursMax"
                label="Wait for silent boxes, hours"
                hint="Then they count as timed out."
                digits
              />
              <Choice
                label="When a bound is passed"
                value={form.onFailure}
                of={[
                  ['roll_back', 'Give boxes back what they had'],
                  ['pause', 'Pause and wait for a person'],
                ]}
                onValue={(onFailure) => change({ onFailure })}
                field
              />
              <label class="tick">
                <input
                  type="checkbox"
                  checked={form.probe}
                  onChange={(event) => change({ probe: event.currentTarget.checked })}
                />
                A box counts only after a synthetic checkout
              </label>
            </div>
          </Card>
        </div>
        <Refusal words={said} />
        <div class="buttons start">
          <button type="submit" class="lead">
            Start …
          </button>
          <a class="button" href={to('rollouts')}>
            Cancel
          </a>
        </div>
      </form>
      {asked && (
        <Confirm
          title="Start this rollout"
          yes="Start it"
          act={() => act<RolloutView>('POST', '/v1/rollouts', asked)}
          onDone={({ number }) => go(to('rollouts', String(number)))}
          onClose={() => setAsked(null)}
        >
          <p>
            {form.canary === '1' ? 'One box gets' : `${form.canary} boxes get`} it at once. The others follow
            {form.stages.trim() === '' ? ' never' : ` in stages of ${form.stages} %`}, and only while nothing
            is wrong.
          </p>
        </Confirm>
      )}
    </>
  );
}

function OfRelease({ form, change }: Typed) {
  const releases = useAnswer<{ items: ReleaseView[] }>('/v1/releases', (about) => /Release/.test(about));
  const items = releases.value?.items ?? [];
  if (releases.value !== null && items.length === 0) {
    return (
      <Empty title="No release was added yet">
        Add a signed one on central’s machine: <code>holdfast-central release add</code>.
      </Empty>
    );
  }
  return (
    <>
      <Choice
        label="Release"
        value={form.release}
        of={[['', 'Choose one'], ...items.map(({ name }) => [name, name] as const)]}
        onValue={(release) => change({ release })}
        field
      />
      <label class="tick">
        <input
          type="checkbox"
          checked={form.anyHour}
          onChange={(event) => change({ anyHour: event.currentTarget.checked })}
        />
        Also while shops are open
      </label>
    </>
  );
}

function OfCatalogue({ form, change }: Typed) {
  const catalogue = useAnswer<{ drafts: CatalogueDraft[] }>('/v1/catalogue', () => false);
  const drafts = catalogue.value?.drafts ?? [];
  if (catalogue.value !== null && drafts.length === 0) {
    return (
      <Empty title="No draft waits">
        Make one on central’s machine: <code>holdfast-central catalogue import --draft</code>.
      </Empty>
    );
  }
  return (
    <Choice
      label="Draft"
      value={form.draft}
      of={[
        ['', 'Choose one'],
        ...drafts.map(({ number, source, products }) => {
          const many = products === 1 ? 'one product' : `${products} products`;
          return [String(number), `${number}: ${source}, ${many}`] as const;
        }),
      ]}
      onValue={(draft) => change({ draft })}
      field
    />
  );
}

function OfFlag(typed: Typed) {
  return (
    <>
      <Text {...typed} name="flag" label="Flag" hint="In the policy in force, in place of its own." />
      <Text {...typed} name="flagPercent" label="On for, percent" hint="Of the checkouts." digits />
    </>
  );
}

/** Begins with the one in force. */
function OfPolicy({ form, change }: Typed) {
  const inForce = useAnswer<{ version: number; policy: object }>('/v1/policy', () => false);
  const { value } = inForce;
  useEffect(() => {
    if (value && form.policy === '') change({ policy: JSON.stringify(value.policy, null, 2) });
  }, [value]);
  return (
    <div class="field">
      <label for="rollout-policy">Policy</label>
      <textarea
        id="rollout-policy"
        rows={14}
        spellcheck={false}
        value={form.policy}
        aria-describedby="rollout-policy-hint"
        onInput={(event) => change({ policy: event.currentTarget.value })}
      />
      <p class="hint" id="rollout-policy-hint">
        JSON. {value && `It begins with version ${value.version}, which is in force.`}
      </p>
    </div>
  );
}

/** Whole: of a key that is not named, boxes go by their own files. */
function OfConfiguration({ form, change }: Typed) {
  return (
    <div class="field">
      <label for="rollout-configuration">Configuration</label>
      <textarea
        id="rollout-configuration"
        rows={8}
        spellcheck={false}
        value={form.configuration}
        placeholder={'{ "log.level": "debug" }'}
        aria-describedby="rollout-configuration-hint"
        onInput={(event) => change({ configuration: event.currentTarget.value })}
      />
      <p class="hint" id="rollout-configuration-hint">
        JSON, by the keys of a box’s own file, as log.level or http.ratePerMinute. Of a key that is left out
        the file holds.
      </p>
    </div>
  );
}

type TextName = {
  [Name in keyof RolloutForm]: RolloutForm[Name] extends string ? Name : never;
}[keyof RolloutForm];

function Text(props: Typed & { name: TextName; label: string; hint: string; digits?: true }) {
  const { form, change, name, label, hint, digits } = props;
  return (
    <Field
      label={label}
      hint={hint}
      value={form[name]}
      onValue={(value) => change({ [name]: value })}
      autocomplete="off"
      {...(digits && { inputMode: 'numeric' as const })}
    />
  );
}
