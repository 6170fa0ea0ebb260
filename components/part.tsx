'use client';
// What every part renders: one element, or the caller's only child in its place (`asChild`), which keeps its own ref, handlers,
// class, style and disabled state.
import {
  Children,
  type ComponentPropsWithoutRef,
  cloneElement,
  createContext,
  createElement,
  type FC,
  forwardRef,
  isValidElement,
  type ReactElement,
  type Ref,
  useCallback,
  useContext,
  version,
} from 'react';
import { configurationError } from './configuration-error.js';

/** The elements that parts render. */
export type Tag =
  | 'section'
  | 'div'
  | 'p'
  | 'span'
  | 'h2'
  | 'h3'
  | 'ul'
  | 'ol'
  | 'li'
  | 'button'
  | 'dl'
  | 'dt'
  | 'dd'
  | 'form'
  | 'fieldset'
  | 'label'
  | 'textarea';

/** Props of a part that renders this element; all are passed to it. */
export type PartProps<T extends Tag> = ComponentPropsWithoutRef<T> & {
  /** Renders the only child in place of the element, with the part's props merged into its own. Default false. */
  asChild?: boolean | undefined;
};

type AnyProps = Record<string, unknown>;

/** Renders the element, or the child. */
export const Part = forwardRef<HTMLElement, { tag: Tag; asChild?: boolean | undefined } & AnyProps>(function Part(
  { tag, asChild, ...props },
  ref,
) {
  const child = asChild ? (Children.only(props.children) as ReactElement<AnyProps>) : undefined;
  const merged = useMergedRef(ref, child && refOf(child));
  if (!child) return createElement(tag as string, { ...(tag === 'button' && { type: 'button' }), ...props, ref });
  if (!isValidElement(child)) throw configurationError('A part with asChild takes one element as its child.');
  const { children: _, ...own } = props;
  return cloneElement(child, { ...mergeProps(own, child.props), ref: merged } as AnyProps);
});

/**
 * A part of its own. `usePart` says which props it renders, or null for nothing. `data-polar` is its name for stylesheets:
 * `orders-item` of `PolarOrders.Item`.
 */
export function definePart<T extends Tag, Own extends object = object>(
  name: string,
  tag: T,
  usePart: (props: PartProps<T> & Own) => object | null,
) {
  const mark = markOf(name);
  const Defined = forwardRef<HTMLElement, PartProps<T> & Own>(function Defined(props, ref) {
    const rendered = usePart(props as PartProps<T> & Own);
    return rendered && <Part tag={tag} data-polar={mark} {...rendered} ref={ref} />;
  });
  Defined.displayName = name;
  return Defined as unknown as FC<PartProps<T> & Own & { ref?: Ref<HTMLElementOf<T>> | undefined }>;
}

/** `orders-item` of `PolarOrders.Item`, `orders` of `PolarOrders.Root`. */
const markOf = (name: string) =>
  name
    .replace(/^Polar|\.Root$|\./g, '')
    .replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    .slice(1);

type HTMLElementOf<T extends Tag> = T extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[T] : HTMLElement;

/** What a part hands to those inside it. `use` names the part that stands outside. */
export function definePartContext<Value>(owner: string) {
  const Context = createContext<Value | undefined>(undefined);
  function usePartContext(part: string): Value {
    const value = useContext(Context);
    if (value === undefined) throw configurationError(`<${part}> stands outside of <${owner}>. Put it inside.`);
    return value;
  }
  return { Provider: Context.Provider, use: usePartContext };
}

/** The child's props win, but for what both have a say in. */
function mergeProps(own: AnyProps, child: AnyProps): AnyProps {
  const merged: AnyProps = { ...own, ...child };
  for (const [name, value] of Object.entries(own)) {
    const theirs = child[name];
    if (/^on[A-Z]/.test(name) && typeof value === 'function') {
      merged[name] = typeof theirs === 'function' ? (...args: unknown[]) => (theirs(...args), value(...args)) : value;
    } else if (name === 'className' && theirs) merged[name] = `${value} ${theirs}`;
    else if (name === 'style' && theirs) merged[name] = { ...(value as object), ...(theirs as object) };
    else if (name === 'disabled' || name === 'aria-disabled') merged[name] = theirs || value;
    else if (/^(data|aria)-/.test(name) && theirs === undefined) merged[name] = value;
  }
  return merged;
}

const isReact18 = version.startsWith('18.');

function refOf(child: ReactElement<AnyProps>): Ref<HTMLElement> | undefined {
  return (isReact18 ? (child as unknown as AnyProps).ref : child.props.ref) as Ref<HTMLElement> | undefined;
}

function useMergedRef(one: Ref<HTMLElement>, other: Ref<HTMLElement> | undefined) {
  return useCallback(
    (node: HTMLElement | null) => {
      const ends = [setRef(one, node), setRef(other, node)];
      // React 18 takes no cleanup of a ref: it calls once more, with null.
      return isReact18
        ? undefined
        : () => {
            for (const end of ends) end();
          };
    },
    [one, other],
  );
}

function setRef(ref: Ref<HTMLElement> | undefined, node: HTMLElement | null): () => void {
  if (typeof ref === 'function') {
    const end = ref(node);
    return typeof end === 'function' ? end : () => void ref(null);
  }
  if (ref) ref.current = node;
  return () => {
    if (ref) ref.current = null;
  };
}
