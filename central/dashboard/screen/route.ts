// Which screen is shown: the part of the address behind the #, which no server is told.
import { useEffect, useState } from 'preact/hooks';

/** `#/appliances/leeds-1?from=list` is `['appliances', 'leeds-1']` and its query. */
export interface Place {
  path: string[];
  query: URLSearchParams;
}

export function placeNow(): Place {
  const [path = '', query = ''] = location.hash.replace(/^#\/?/, '').split('?');
  return { path: path.split('/').map(decode), query: new URLSearchParams(query) };
}

export function usePlace(): Place {
  const [place, setPlace] = useState(placeNow);
  useEffect(() => {
    const look = () => setPlace(placeNow());
    addEventListener('hashchange', look);
    // It may have changed before anybody listened.
    look();
    return () => removeEventListener('hashchange', look);
  }, []);
  return place;
}

/** The address of a screen. */
export function to(...path: string[]): string {
  return `#/${path.map(encodeURIComponent).join('/')}`;
}

/** One thing that a screen is narrowed by, kept in its address: whoever comes back finds it so. */
export function useQuery<Value extends string>(name: string, usual: Value): [Value, (value: Value) => void] {
  const { path, query } = usePlace();
  const value = (query.get(name) ?? usual) as Value;
  const change = (next: Value) => {
    const changed = new URLSearchParams(query);
    if (next === usual) changed.delete(name);
    else changed.set(name, next);
    go(`${to(...path)}${changed.size === 0 ? '' : `?${changed}`}`);
  };
  return [value, change];
}

export function go(address: string): void {
  location.hash = address;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
