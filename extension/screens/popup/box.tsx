// The box that starts runs: a combobox with a list of choices (WAI-ARIA Authoring Practices, "Combobox with list
// autocomplete and automatic selection": the first choice is taken by Enter, the arrow keys move, Escape closes).
import { useEffect, useRef, useState } from 'preact/hooks';
import { t, tCount } from '../../i18n.ts';
import { DeviceIcon, DigestIcon, FindIcon, PageIcon, PlusIcon } from '../look/icons.tsx';
import type { Command } from './commands.ts';

const PICTURES = { find: FindIcon, save: PageIcon, digest: DigestIcon, info: DeviceIcon, choose: PlusIcon } as const;

export interface BoxProps {
  commandsFor(typed: string): Command[];
  onRun(command: Command): void;
  disabled: boolean;
}

export function Box({ commandsFor, onRun, disabled }: BoxProps) {
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const commands = commandsFor(typed);
  const shown = open && commands.length > 0;
  const current = Math.min(active, commands.length - 1);

  useEffect(() => {
    if (!disabled) input.current?.focus();
  }, [disabled]);
  useEffect(() => {
    if (shown) document.getElementById(`choice-${current}`)?.scrollIntoView?.({ block: 'nearest' });
  }, [shown, current]);

  const show = (index: number) => {
    setOpen(true);
    setActive((index + commands.length) % Math.max(1, commands.length));
  };
  const run = (command: Command | undefined) => {
    if (command === undefined) return;
    setOpen(false);
    // What was searched for stays to be read; the next word typed replaces it.
    if (command.kind === 'find') input.current?.select();
    else setTyped('');
    onRun(command);
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => show(shown ? current + 1 : 0),
    ArrowUp: () => show(shown ? current - 1 : commands.length - 1),
    Enter: () => (shown ? run(commands[current]) : typed.trim() === '' ? show(0) : run(commands[0])),
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === 'Escape' && shown) {
      // The browser would close the whole popup.
      event.preventDefault();
      setOpen(false);
    }
    if (event.key in keys) {
      event.preventDefault();
      keys[event.key]?.();
    }
  };

  return (
    <div class="box">
      <label for="box" class="hidden">
        {t('box_label')}
      </label>
      <FindIcon size={18} />
      <input
        ref={input}
        id="box"
        type="text"
        role="combobox"
        aria-expanded={shown}
        aria-controls="choices"
        aria-autocomplete="list"
        aria-activedescendant={shown ? `choice-${current}` : undefined}
        autocomplete="off"
        spellcheck={false}
        maxLength={400}
        disabled={disabled}
        placeholder={t('box_placeholder')}
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          show(0);
        }}
        onKeyDown={onKeyDown}
        onClick={() => show(Math.max(current, 0))}
        onBlur={() => setOpen(false)}
      />
      <div id="choices" role="listbox" aria-label={t('choices_label')} hidden={!shown}>
        {shown &&
          commands.map((command, index) => {
            const Picture = PICTURES[command.kind];
            return (
              // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the focus stays in the box, which moves through the list by aria-activedescendant.
              <div
                key={command.id}
                id={`choice-${index}`}
                role="option"
                aria-selected={index === current}
                data-command={command.id}
                // Keeps the focus in the box, so that the list is still there when the click arrives.
                onMouseDown={(event) => event.preventDefault()}
                onMouseMove={() => setActive(index)}
                onClick={() => run(command)}
              >
                <Picture size={18} />
                <span>{command.label}</span>
              </div>
            );
          })}
      </div>
      <span role="status" class="hidden">
        {shown ? tCount('choices', commands.length) : ''}
      </span>
    </div>
  );
}
