'use client';
// The parts of one compound, in short: each says what it renders of what its Root hands on, in the words of the provider.
import { type ComponentProps, createElement, type FC, type ReactElement, type Ref, type SyntheticEvent } from 'react';
import type { Texts } from '../js/texts.js';
import { definePart, definePartContext, markOf, Part, type PartProps, type Tag } from './part.js';
import { useTexts } from './useTexts.js';

type AnyProps = Record<string, unknown>;
type Nothing = false | null | undefined | '' | 0;

/**
 * `part` makes a part, which stands inside of the Root, or `within` another part. `render` gives its own props, in whose place the
 * user's stand, or nothing to render nothing, as children that are nothing do. Of handlers the user's runs first, and may prevent the other. A
 * function as `children` is what `render` has called. `frame` renders the element that the parts stand in, and hands the view on to
 * them.
 */
export function defineCompound<View>(owner: string, within = 'Root') {
  const frameName = `${owner}.${within}`;
  const { Provider, use } = definePartContext<View>(frameName);
  const mark = markOf(frameName);
  function part<T extends Tag, Own extends object = object>(
    name: string,
    tag: T,
    render: (view: View, texts: Texts, props: PartProps<T> & Own) => object | Nothing,
  ) {
    const whole = `${owner}.${name}`;
    const Defined = definePart<T, Own>(whole, tag, function usePart(props) {
      const own = render(use(whole), useTexts(), props) as AnyProps | Nothing;
      return own && (own.children || !('children' in own)) ? merge(own, props as AnyProps) : null;
    });
    // Its own props stand in the place of the element's: `children` that are a function.
    return Defined as unknown as FC<Omit<ComponentProps<typeof Defined>, keyof Own> & Own>;
  }
  const frame = (view: View, tag: Tag, props: AnyProps & { ref?: Ref<HTMLElement> }): ReactElement =>
    createElement(Provider, { value: view }, createElement(Part, { tag, 'data-polar': mark, ...props }));
  return { Provider, use, part, frame };
}

function merge(own: AnyProps, props: AnyProps): AnyProps {
  const merged = { ...own, ...props };
  if (typeof props.children === 'function') merged.children = own.children;
  for (const [name, value] of Object.entries(own)) {
    if (typeof value !== 'function') continue;
    merged[name] = (event: SyntheticEvent) => {
      // What is under way is not begun again.
      if (own['aria-disabled']) return event.preventDefault();
      (props[name] as typeof value | undefined)?.(event);
      if (!event.defaultPrevented) value(event);
    };
  }
  return merged;
}
