'use client';
// What every part renders: one element, or the caller's only child in its place (`asChild`), which keeps its own ref, handlers,
// class, style and disabled state.
import {
  type ComponentPropsWithoutRef,
  cloneElement,
  createContext,
  createElement,
  type FC,
  forwardRef,
  isValidElement,
  type ReactElement,
  type Ref,
  useContext,
  useMemo,
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
  const { children: child, ...own } = props;
  const isChild = asChild && isValidElement<AnyProps>(child);
  const merged = useMergedRef(ref, isChild ? refOf(child) : undefined);
  if (isChild) return cloneElement(child, { ...mergeProps(own, child.props), ref: merged } as AnyProps);
  if (asChild) throw configurationError('asChild takes one element.');
  return createElement(tag as string, { ...(tag === 'button' && { type: 'button' }), ...props, ref });
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
export const markOf = (name: string) =>
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
  const merged = { ...own, ...child };
  for (const name in own) {
    const [mine, theirs] = [own[name], child[name]];
    if (mine == null || theirs == null) merged[name] = theirs ?? mine;
    else if (typeof mine === 'function') {
      merged[name] = (...args: unknown[]) => {
        (theirs as Handler)(...args);
        mine(...args);
      };
    } else if (name === 'style') merged[name] = { ...mine, ...theirs };
    else if (name === 'className') merged[name] = `${mine} ${theirs}`;
    else if (/disabled$/.test(name)) merged[name] = theirs || mine;
  }
  return merged;
}

type Handler = (...args: unknown[]) => unknown;

function refOf(child: ReactElement<AnyProps>): Ref<HTMLElement> | undefined {
  return (version.startsWith('18.') ? (child as unknown as AnyProps).ref : child.props.ref) as
    | Ref<HTMLElement>
    | undefined;
}

function useMergedRef(own: Ref<HTMLElement>, theirs: Ref<HTMLElement> | undefined) {
  // React 18 takes no cleanup of a ref; both call once more, with null, where none is returned.
  return useMemo(() => {
    let ends: unknown[] = [];
    return (node: HTMLElement | null) => {
      ends = [own, theirs].map((ref, i) => {
        if (typeof ref === 'function') return node === null && typeof ends[i] === 'function' ? ends[i]() : ref(node);
        if (ref) ref.current = node;
        return undefined;
      });
    };
  }, [own, theirs]);
}
