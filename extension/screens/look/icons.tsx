// The pictures: 20 × 20, drawn in the text's colour. A status is told by its shape; colour only helps.
import type { ComponentChildren } from 'preact';

function Icon({ children, label, size = 20 }: IconProps & { children: ComponentChildren }) {
  const spoken = label === undefined ? { 'aria-hidden': true } : { role: 'img' as const, 'aria-label': label };
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: `spoken` names it by aria-label, or hides it.
    <svg
      viewBox="0 0 20 20"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      focusable="false"
      {...spoken}
    >
      {children}
    </svg>
  );
}

interface IconProps {
  /** Spoken in place of the picture; without it the picture is silent, because words beside it say the same. */
  label?: string | undefined;
  size?: number;
}

const draw = (name: string, children: ComponentChildren) => {
  const Drawn = (props: IconProps) => <Icon {...props}>{children}</Icon>;
  Drawn.displayName = name;
  return Drawn;
};

export const CommandIcon = draw(
  'CommandIcon',
  <>
    <rect x="2.8" y="3.8" width="14.4" height="12.4" rx="1.6" />
    <path d="m6 8 2.4 2L6 12M10.4 12.4H14" />
  </>,
);
export const PageIcon = draw(
  'PageIcon',
  <>
    <path d="M5 2.8h6.5L15 6.3v10.9H5z" />
    <path d="M11.2 3v3.6h3.6M7.5 10h5M7.5 13h5" />
  </>,
);
export const HomeIcon = draw(
  'HomeIcon',
  <>
    <path d="M3 9.6 10 3.4l7 6.2" />
    <path d="M5 8.4v8.2h10V8.4" />
    <path d="M8.4 16.4v-4.2h3.2v4.2" />
  </>,
);
export const CloudIcon = draw('CloudIcon', <path d="M5.6 15.6a3.3 3.3 0 0 1-.3-6.6 4.8 4.8 0 0 1 9.2-.7 3.7 3.7 0 0 1 .2 7.3z" />);
export const ChevronIcon = draw('ChevronIcon', <path d="m7 5 5 5-5 5" />);
export const FolderIcon = draw('FolderIcon', <path d="M2.8 15.8V4.6h4.6l1.7 2h8.1v9.2z" />);
export const OpenIcon = draw(
  'OpenIcon',
  <>
    <path d="M11 3.5h5.5V9M16.2 3.8 9.6 10.4" />
    <path d="M13.6 11.4v5H3.6v-10h5" />
  </>,
);
export const CopyIcon = draw(
  'CopyIcon',
  <>
    <path d="M7 6.8h9.2v9.4H7z" />
    <path d="M13 6.6V3.8H3.8V13h3" />
  </>,
);
export const FindIcon = draw(
  'FindIcon',
  <>
    <circle cx="8.8" cy="8.8" r="5" />
    <path d="m12.6 12.6 4 4" />
  </>,
);
export const DigestIcon = draw(
  'DigestIcon',
  <>
    <path d="M3.6 5h12.8M3.6 9h12.8M3.6 13h7" />
    <path d="m13 14.6 1.6 1.6 2.6-3.2" />
  </>,
);
export const DeviceIcon = draw('DeviceIcon', <path d="M3.4 4.2h13.2v8.6H3.4zM7.2 16.2h5.6M10 13v3" />);
export const PlusIcon = draw('PlusIcon', <path d="M10 4v12M4 10h12" />);
export const UndoIcon = draw(
  'UndoIcon',
  <>
    <path d="M4 8.4h8.2a3.9 3.9 0 0 1 0 7.8H8" />
    <path d="M7.4 4.8 3.8 8.4l3.6 3.6" />
  </>,
);
export const PanelIcon = draw('PanelIcon', <path d="M3.2 4h13.6v12H3.2zM11.4 4v12" />);
export const ReceiptIcon = draw(
  'ReceiptIcon',
  <>
    <path d="M4.8 2.8h10.4v14.4l-2.6-1.6-2.6 1.6-2.6-1.6-2.6 1.6z" />
    <path d="M7.6 6.8h4.8M7.6 10h4.8" />
  </>,
);
export const RunsIcon = draw('RunsIcon', <path d="M3.4 5h13.2M3.4 10h13.2M3.4 15h8" />);
export const QuestionIcon = draw(
  'QuestionIcon',
  <>
    <path d="M3 3.6h14v10H9.4L5.8 17v-3.4H3z" />
    <path d="M8 7.2a2.1 2.1 0 0 1 4.1.4c0 1.3-2 1.5-2 2.6M10 11.9v.1" />
  </>,
);
export const GearIcon = draw(
  'GearIcon',
  <>
    <path d="M4 5.4h12M4 10h12M4 14.6h12" />
    <circle cx="8" cy="5.4" r="1.7" fill="var(--paper)" />
    <circle cx="13" cy="10" r="1.7" fill="var(--paper)" />
    <circle cx="6.6" cy="14.6" r="1.7" fill="var(--paper)" />
  </>,
);

/** Shapes of states: a check in a disc, a broken ring, a triangle, an octagon, a hollow ring. */
export const DoneIcon = draw(
  'DoneIcon',
  <>
    <circle cx="10" cy="10" r="7.4" fill="currentColor" />
    <path d="m6.6 10.3 2.3 2.4 4.5-5" stroke="var(--on-state)" stroke-width="2" />
  </>,
);
export const BusyIcon = draw(
  'BusyIcon',
  <>
    <circle cx="10" cy="10" r="6.6" stroke-width="2.2" opacity=".3" />
    <path d="M10 3.4a6.6 6.6 0 0 1 6.6 6.6" stroke-width="2.2" class="turning" />
  </>,
);
export const WarnIcon = draw(
  'WarnIcon',
  <>
    <path d="M10 2.8 18 16.6H2z" fill="currentColor" />
    <path d="M10 8v4M10 14.4v.1" stroke="var(--on-state)" stroke-width="2" />
  </>,
);
export const FailIcon = draw(
  'FailIcon',
  <>
    <path d="M7 2.8h6L17.2 7v6L13 17.2H7L2.8 13V7z" fill="currentColor" />
    <path d="m7.4 7.4 5.2 5.2m0-5.2-5.2 5.2" stroke="var(--on-state)" stroke-width="2" />
  </>,
);
export const ClockIcon = draw(
  'ClockIcon',
  <>
    <circle cx="10" cy="10" r="6.8" />
    <path d="M10 6.2V10l2.7 1.6" />
  </>,
);
export const OffIcon = draw('OffIcon', <circle cx="10" cy="10" r="6.8" stroke-dasharray="2.6 3" />);
export const StopIcon = draw(
  'StopIcon',
  <>
    <circle cx="10" cy="10" r="7.2" />
    <path d="M6.8 10h6.4" stroke-width="2" />
  </>,
);

/** The mark: a gate between two posts, raised above the water. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" focusable="false">
      <path d="M3 6h26v3.6H3zM5.4 9.6h3.4v19H5.4zM23.2 9.6h3.4v19h-3.4z" fill="var(--sand)" />
      <path d="M15 3h2v7h-2zM10.2 12h11.6v7H10.2z" fill="var(--sand)" />
      <path d="M10.2 24c1.9-1.7 3.9-1.7 5.8 0s3.9 1.7 5.8 0" fill="none" stroke="var(--water)" stroke-width="2.6" stroke-linecap="round" />
    </svg>
  );
}
