// How the page makes its elements: text is always text, so that no product's name is ever taken for markup.

type Attributes = Record<string, string | boolean | number | ((event: Event) => void)>;

/** An element with its attributes, listeners (`onclick`) and content. An attribute that is false is left out. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...content: (Node | string | null)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else if (value !== false) made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...content.filter((one) => one !== null));
  return made;
}

/** The element that page.html has by this id. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`page.html has no element ${id}`);
  return found;
}

/**
 * Puts new content in place of the old. Whoever works by keyboard stays where they were, by the element's id; where that
 * is gone, the new content's `data-focus` has the focus. What they were typing into `data-typed` stays too.
 */
export function replace(parent: HTMLElement, ...content: Node[]): void {
  const active = document.activeElement;
  const before = parent.contains(active) ? (active?.id ?? '') : null;
  const typed = active instanceof HTMLInputElement && active.hasAttribute('data-typed') ? active.value : '';
  parent.replaceChildren(...content);
  const same = before ? document.getElementById(before) : null;
  if (typed !== '' && same instanceof HTMLInputElement) same.value = typed;
  const usable = same && !same.hasAttribute('disabled') ? same : null;
  const first = parent.querySelector<HTMLElement>('[data-focus]');
  if (before !== null || document.activeElement === document.body) (usable ?? first)?.focus();
}
