// Views of a list under names of one's own, kept by this browser.
import { useState } from 'preact/hooks';
import { type FleetView, wholeFleet } from '../../said/fleet-view.ts';
import { Dialog } from './dialog.tsx';
import { Field } from './field.tsx';

interface Saved {
  name: string;
  view: FleetView;
}

const place = 'holdfast.fleet-views';
const savedMax = 30;

export function SavedViews(props: { current: FleetView; onChosen: (view: FleetView) => void }) {
  const [saved, setSaved] = useState(readSaved);
  const [naming, setNaming] = useState<string | null>(null);
  const keep = (next: Saved[]) => {
    const kept = next.slice(-savedMax);
    localStorage.setItem(place, JSON.stringify(kept));
    setSaved(kept);
  };
  const choose = (name: string) => {
    const found = saved.find((one) => one.name === name);
    props.onChosen(found?.view ?? wholeFleet);
  };
  const same = (view: FleetView) => JSON.stringify(view) === JSON.stringify(props.current);
  const chosen = saved.find(({ view }) => same(view))?.name ?? '';
  const submit = (event: Event) => {
    event.preventDefault();
    const name = (naming ?? '').trim();
    if (name !== '') keep([...saved.filter((one) => one.name !== name), { name, view: props.current }]);
    setNaming(null);
  };
  return (
    <div class="views">
      {saved.length > 0 && (
        <select
          aria-label="Saved views"
          value={chosen}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          <option value="">{same(wholeFleet) || chosen !== '' ? 'Whole fleet' : 'As filtered'}</option>
          {saved.map(({ name }) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      )}
      {chosen === '' ? (
        <button type="button" onClick={() => setNaming('')} disabled={same(wholeFleet)}>
          Save view
        </button>
      ) : (
        <button type="button" onClick={() => keep(saved.filter(({ name }) => name !== chosen))}>
          Forget view
        </button>
      )}
      {naming !== null && (
        <Dialog title="Save this view" onClose={() => setNaming(null)}>
          <form onSubmit={submit}>
            <Field
              label="Name"
              value={naming}
              onValue={setNaming}
              maxLength={40}
              required
              hint="This browser keeps it."
            />
            <div class="buttons">
              <button type="button" onClick={() => setNaming(null)}>
                Cancel
              </button>
              <button type="submit" class="lead">
                Save
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </div>
  );
}

/** What the browser kept may be of another release: then there is nothing. */
function readSaved(): Saved[] {
  try {
    const kept = JSON.parse(localStorage.getItem(place) ?? '[]') as Saved[];
    return kept.filter(
      ({ name, view }) => typeof name === 'string' && Array.isArray(view.states) && 'sort' in view,
    );
  } catch {
    return [];
  }
}
