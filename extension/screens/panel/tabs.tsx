// Tabs as WAI-ARIA Authoring Practices describe them ("Tabs with automatic activation"): one stop of the Tab key, arrow
// keys, Home and End move between them, and what is chosen is shown at once.
import type { ComponentChildren, JSX } from 'preact';
import { useRef } from 'preact/hooks';

export interface Tab<Id extends string> {
  id: Id;
  label: string;
  Picture(props: { size?: number }): JSX.Element;
  /** A number that wants attention, and the same in words. */
  count?: { value: number; label: string } | undefined;
}

export interface TabsProps<Id extends string> {
  label: string;
  tabs: readonly Tab<Id>[];
  chosen: Id;
  onChoose(id: Id): void;
  children: ComponentChildren;
}

const STEPS: Record<string, (at: number, count: number) => number> = {
  ArrowRight: (at, count) => (at + 1) % count,
  ArrowLeft: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_at, count) => count - 1,
};

export function Tabs<Id extends string>({ label, tabs, chosen, onChoose, children }: TabsProps<Id>) {
  const list = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const next = tabs[
      step(
        tabs.findIndex(({ id }) => id === chosen),
        tabs.length,
      )
    ] as Tab<Id>;
    onChoose(next.id);
    list.current?.querySelector<HTMLElement>(`#tab-${next.id}`)?.focus();
  };
  return (
    <>
      <div ref={list} class="tabs" role="tablist" aria-label={label}>
        {tabs.map(({ id, label, Picture, count }) => (
          <button
            key={id}
            id={`tab-${id}`}
            type="button"
            role="tab"
            aria-selected={id === chosen}
            aria-controls="tab-panel"
            tabIndex={id === chosen ? 0 : -1}
            onClick={() => onChoose(id)}
            onKeyDown={onKeyDown}
          >
            <Picture size={18} />
            <span>{label}</span>
            {count !== undefined && count.value > 0 && (
              <span class="count">
                <span aria-hidden="true">{count.value}</span>
                <span class="hidden">{count.label}</span>
              </span>
            )}
          </button>
        ))}
      </div>
      <div id="tab-panel" class="content" role="tabpanel" aria-labelledby={`tab-${chosen}`} tabIndex={-1}>
        {children}
      </div>
    </>
  );
}
