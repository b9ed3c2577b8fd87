// Which places of a network a download may come from: only the internet, never this machine, the network around it or
// the machinery of a data centre, which trust whoever can reach them. Pure: names, ports and addresses in, the reason
// for a refusal out. What cannot be read as an address is refused as well.

type Block = readonly [range: string, what: string];

/** IANA's special-purpose addresses (RFC 6890 and its registry) and what clouds keep on public ones. */
const V4: readonly Block[] = [
  ['0.0.0.0/8', 'this machine'],
  ['10.0.0.0/8', 'a private network'],
  ['100.64.0.0/10', 'a provider’s own network'],
  ['127.0.0.0/8', 'this machine'],
  ['168.63.129.16/32', 'the machinery of a cloud'],
  ['169.254.0.0/16', 'the network right here'],
  ['172.16.0.0/12', 'a private network'],
  ['192.0.0.0/24', 'reserved for protocols'],
  ['192.0.2.0/24', 'reserved for documentation'],
  ['192.88.99.0/24', 'a relay between networks'],
  ['192.168.0.0/16', 'a private network'],
  ['198.18.0.0/15', 'reserved for tests'],
  ['198.51.100.0/24', 'reserved for documentation'],
  ['203.0.113.0/24', 'reserved for documentation'],
  ['224.0.0.0/4', 'for many receivers at once'],
  ['240.0.0.0/4', 'reserved'],
];

/** Outside 2000::/3 nothing is on the internet but what translates to IPv4; within it, these are not either. */
const V6: readonly Block[] = [
  ['2001::/23', 'reserved for protocols'],
  ['2001:db8::/32', 'reserved for documentation'],
  ['2002::/16', 'a tunnel to another address'],
  ['3fff::/20', 'reserved for documentation'],
];
const INTERNET_V6 = '2000::/3';
/** Only for better words. */
const V6_NAMES: readonly Block[] = [
  ['::/128', 'this machine'],
  ['::1/128', 'this machine'],
  ['fc00::/7', 'a private network'],
  ['fe80::/10', 'the network right here'],
  ['fec0::/10', 'a private network'],
  ['ff00::/8', 'for many receivers at once'],
];
/** Addresses that stand for the IPv4 address in their last four bytes: mapped (RFC 4291), NAT64 (RFC 6052). */
const STANDS_FOR_V4 = ['::ffff:0.0.0.0/96', '64:ff9b::/96'] as const;

/** Why nothing is fetched from this address, or `null` when it is one of the internet. */
export function judgeAddress(address: string): string | null {
  const bytes = parseAddress(address);
  if (bytes === null) return 'no address that can be read';
  if (bytes.length === 4) return whatOf(V4, bytes);
  if (STANDS_FOR_V4.some((range) => isWithin(bytes, range))) return whatOf(V4, bytes.slice(12));
  if (!isWithin(bytes, INTERNET_V6)) return whatOf(V6_NAMES, bytes) ?? 'no address of the internet';
  return whatOf(V6, bytes);
}

/** Names that never mean a place on the internet (RFC 6761, 6762, 8375, and what home routers and companies use). */
const LOCAL_ZONES = new Set(
  'localhost localdomain local internal intranet lan home corp private home.arpa in-addr.arpa ip6.arpa test invalid onion'.split(' '),
);

/** Why a name is not even looked up, or `null`. A name of one part is one of the network around. */
export function judgeName(host: string): string | null {
  const labels = host.toLowerCase().replace(/\.$/, '').split('.');
  if (labels.some((label) => label === '')) return 'no name that can be looked up';
  const isLocal = labels.some((_, at) => LOCAL_ZONES.has(labels.slice(at).join('.')));
  return isLocal || labels.length < 2 ? 'a name of this machine or the network around it' : null;
}

/** Ports of other protocols, which a web request could be misread by: the list of the Fetch standard ("bad port"). */
const BAD_PORTS = new Set(
  `0 1 7 9 11 13 15 17 19 20 21 22 23 25 37 42 43 53 69 77 79 87 95 101 102 103 104 109 110 111 113 115 117 119 123 135 137 139 143 161 179 389
  427 465 512 513 514 515 526 530 531 532 540 548 554 556 563 587 601 636 989 990 993 995 1719 1720 1723 2049 3659 4045 4190 5060 5061 6000
  6566 6665 6666 6667 6668 6669 6679 6697 10080`
    .split(/\s+/)
    .map(Number),
);

export function judgePort(port: number): string | null {
  return BAD_PORTS.has(port) ? 'a port of another service than the web' : null;
}

/** Whether an address lies in a range such as `192.168.0.0/16` of the same family. */
export function isInRange(address: string, range: string): boolean {
  const bytes = parseAddress(address);
  return bytes !== null && isWithin(bytes, range);
}

/** The bytes of an address in its usual spelling, 4 or 16 of them; `null` for anything else, a zone included. */
export function parseAddress(text: string): number[] | null {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): number[] | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part))) return null;
  const bytes = parts.map(Number);
  return bytes.every((byte) => byte < 256) ? bytes : null;
}

function parseV6(text: string): number[] | null {
  const halves = text.split('::');
  if (halves.length > 2 || text.length > 45) return null;
  const [head, tail] = halves.map((half, at) => groupsOf(half, at === halves.length - 1));
  if (head == null || tail === null) return null;
  if (tail === undefined) return head.length === 16 ? head : null;
  const missing = 16 - head.length - tail.length;
  return missing < 2 ? null : [...head, ...Array<number>(missing).fill(0), ...tail];
}

/** Bytes of `a:b:c`; at the end of an address the last may be an IPv4 one. */
function groupsOf(text: string, isEnd: boolean): number[] | null {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [at, group] of groups.entries()) {
    const v4 = isEnd && at === groups.length - 1 && group.includes('.') ? parseV4(group) : null;
    if (v4 !== null) bytes.push(...v4);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255);
    else return null;
  }
  return bytes;
}

function whatOf(blocks: readonly Block[], bytes: readonly number[]): string | null {
  return blocks.find(([range]) => isWithin(bytes, range))?.[1] ?? null;
}

function isWithin(bytes: readonly number[], range: string): boolean {
  const [base = '', bits = ''] = range.split('/');
  const start = parseAddress(base);
  if (start === null || start.length !== bytes.length) return false;
  const length = Number(bits);
  return start.every((byte, at) => {
    const shift = 8 - Math.min(8, Math.max(0, length - at * 8));
    return byte >> shift === (bytes[at] ?? 0) >> shift;
  });
}
