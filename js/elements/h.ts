// Elements as values, and putting them into the document: what is there already and still wanted stays the same node, so
// that focus, selection and what is being typed outlive a change.

type Value = string | number | boolean | null | undefined | ((event: never) => unknown);
export type Props = Readonly<Record<string, Value>>;

export interface VNode {
  readonly tag: string;
  readonly props: Props;
  readonly children: readonly Child[];
}
type Child = VNode | string;
/** What stands for no child. */
type Nothing = false | null | undefined | '' | 0;
export type Children = readonly (Child | Nothing | readonly (Child | Nothing)[])[];

/** An element. `key` tells it from its siblings; else `data-polar` does. `onClick` and the like are listeners. */
export function h(tag: string, props: Props = {}, ...children: Children): VNode {
  return { tag, props, children: children.flat().filter((child): child is Child => !!child) };
}

/** As `h`, or nothing where it has no children. */
export function part(tag: string, name: string, props: Props, ...children: Children): VNode | undefined {
  const made = h(tag, { 'data-polar': name, ...props }, ...children);
  return made.children.length > 0 ? made : undefined;
}

interface Drawn {
  key: string;
  props: Props;
}
const drawn = new WeakMap<Node, Drawn>();

/** Makes these the children of an element. */
export function patch(parent: Element, ...children: Children): void {
  const counts = new Map<string, number>();
  const wanted = h('', {}, ...children).children.map((child): [key: string, child: Child] => {
    const name = keyOf(child);
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return [`${name} ${count}`, child];
  });
  const keys = new Set(wanted.map(([key]) => key));
  const there = new Map<string, ChildNode>();
  // What goes, goes first: a node that need not move keeps the focus.
  for (const node of [...parent.childNodes]) {
    const key = drawn.get(node)?.key;
    if (key !== undefined && keys.has(key)) there.set(key, node);
    else node.remove();
  }
  let at = parent.firstChild;
  for (const [key, child] of wanted) {
    const node = there.get(key) ?? make(child, key);
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
    if (typeof child !== 'string') fill(node as HTMLElement, child);
    else if (node.textContent !== child) node.textContent = child;
  }
}

/** Sets attributes and listeners, and takes away those that were set before and are not named now. */
export function assign(element: HTMLElement, props: Props): void {
  const before = drawn.get(element) ?? { key: '', props: {} };
  for (const name of Object.keys(before.props)) if (!(name in props)) set(element, name, undefined);
  for (const [name, value] of Object.entries(props)) if (before.props[name] !== value) set(element, name, value);
  drawn.set(element, { ...before, props });
}

function fill(element: HTMLElement, { props, children }: VNode): void {
  patch(element, ...children);
  assign(element, props);
}

const keyOf = (child: Child) =>
  typeof child === 'string' ? '' : [child.tag, child.props.key ?? child.props['data-polar']].join(' ');

function make(child: Child, key: string): ChildNode {
  const node = typeof child === 'string' ? document.createTextNode(child) : document.createElement(child.tag);
  drawn.set(node, { key, props: {} });
  return node;
}

function set(element: HTMLElement, name: string, value: Value): void {
  if (name === 'key') return;
  const isState = /^(aria|data)-/.test(name);
  if (typeof value === 'function') {
    // What such a listener returns would count: false is preventDefault().
    Reflect.set(element, name.toLowerCase(), (event: never) => void value(event));
  } else if (value === undefined && name.startsWith('on')) {
    Reflect.set(element, name.toLowerCase(), null);
  } else if (name === 'value') {
    if ((element as HTMLInputElement).value !== String(value)) (element as HTMLInputElement).value = String(value);
  } else if (value === undefined || value === null || (value === false && !isState)) {
    element.removeAttribute(name);
  } else {
    element.setAttribute(name, value === true && !isState ? '' : String(value));
  }
}
