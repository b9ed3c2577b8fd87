import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isInRange, judgeAddress, judgeName, judgePort, parseAddress } from '../../../shared/gate/addresses.ts';

const REFUSED = [
  // IPv4: the first and the last of each block.
  ...['0.0.0.0', '0.255.255.255', '10.0.0.0', '10.255.255.255', '100.64.0.0', '100.100.100.200', '100.127.255.255'],
  ...['127.0.0.0', '127.0.0.1', '127.255.255.255', '168.63.129.16', '169.254.0.0', '169.254.169.254', '169.254.255.255'],
  ...['172.16.0.0', '172.31.255.255', '192.0.0.0', '192.0.0.192', '192.0.0.255', '192.0.2.1', '192.88.99.1'],
  ...['192.168.0.0', '192.168.255.255', '198.18.0.0', '198.19.255.255', '198.51.100.7', '203.0.113.7'],
  ...['224.0.0.0', '239.255.255.255', '240.0.0.0', '255.255.255.255'],
  // IPv6.
  ...['::', '::1', '0:0:0:0:0:0:0:1', '::2', 'fc00::1', 'fd00:ec2::254', 'fdff::1', 'fe80::1', 'febf::1', 'fec0::1', 'ff02::1', 'ff0e::1'],
  ...[
    '100::1',
    '2001::1',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '2001:db8::1',
    '2002:0808:0808::1',
    '3fff::1',
    '4000::1',
    '64:ff9b:1::1',
  ],
  // IPv4 inside IPv6.
  ...['::ffff:127.0.0.1', '::FFFF:7f00:1', '::ffff:10.1.2.3', '::ffff:a9fe:a9fe', '64:ff9b::10.0.0.1', '64:ff9b::7f00:1'],
  ...['::127.0.0.1', '::8.8.8.8', '::ffff:0:8.8.8.8', '2002:7f00:1::', '2001:0:53aa:64c:0:ffff:8080:fefe'],
];

test.each(REFUSED)('%s is refused', (address) => {
  expect(judgeAddress(address)).not.toBeNull();
});

test.each([
  ...['1.1.1.1', '8.8.8.8', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '126.255.255.255', '128.0.0.0'],
  ...['168.63.129.15', '169.253.255.255', '169.255.0.0', '172.15.255.255', '172.32.0.0', '192.0.1.0', '192.167.255.255', '192.169.0.0'],
  ...['198.17.255.255', '198.20.0.0', '223.255.255.255', '2600::1', '2a00:1450:4001::200e', '2001:4860:4860::8888', '2606:4700:4700::1111'],
  ...['::ffff:8.8.8.8', '64:ff9b::8.8.8.8'],
])('%s is one of the internet', (address) => {
  expect(judgeAddress(address)).toBeNull();
});

test.each([
  ...[
    '',
    ' ',
    'example.org',
    '127.1',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '2130706433',
    '1.2.3',
    '1.2.3.4.5',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4 ',
    '１.2.3.4',
  ],
  ...[
    'fe80::1%eth0',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '::12345',
    '::1.2.3',
    '1.2.3.4::',
    '[::1]',
    '::g',
    '1:2:3:4:5:6:7::8',
  ],
])('what is no address in its usual spelling is refused: %j', (text) => {
  expect(judgeAddress(text)).toBe('no address that can be read');
});

const byte = fc.integer({ min: 0, max: 255 });
const v4 = fc.tuple(byte, byte, byte, byte).map((bytes) => bytes.join('.'));
const hex = (value: number) => value.toString(16);

test('an IPv4 address inside an IPv6 one is judged as itself, or refused', () => {
  fc.assert(
    fc.property(v4, (address) => {
      const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number);
      const groups = `${hex(a * 256 + b)}:${hex(c * 256 + d)}`;
      for (const spelling of [`::ffff:${address}`, `::ffff:${groups}`, `0:0:0:0:0:ffff:${groups}`, `64:ff9b::${groups}`])
        expect(judgeAddress(spelling)).toBe(judgeAddress(address));
      for (const spelling of [`::${address}`, `2002:${groups}::1`, `64:ff9b:1::${groups}`, `::ffff:0:${groups}`])
        expect(judgeAddress(spelling)).not.toBeNull();
    }),
  );
});

test('nothing outside 2000::/3 is reached but what stands for an IPv4 address of the internet', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 }), (groups) => {
      const address = groups.map(hex).join(':');
      const bytes = parseAddress(address) ?? [];
      expect(bytes).toHaveLength(16);
      if (judgeAddress(address) !== null) return;
      expect((bytes[0] ?? 0) >> 5 === 1 || bytes.slice(0, 10).every((each) => each === 0) || address.startsWith('64:ff9b:')).toBe(true);
    }),
  );
});

test('no text at all is judged by throwing', () => {
  fc.assert(fc.property(fc.string(), (text) => void judgeAddress(text)));
});

test('a range holds its own family alone, to the bit', () => {
  expect(isInRange('192.168.7.129', '192.168.7.128/25')).toBe(true);
  expect(isInRange('192.168.7.127', '192.168.7.128/25')).toBe(false);
  expect(isInRange('2a00:1:2:3::9', '2a00:1:2:3::1/64')).toBe(true);
  expect(isInRange('2a00:1:2:4::9', '2a00:1:2:3::1/64')).toBe(false);
  expect(isInRange('1.2.3.4', '::/0')).toBe(false);
  expect(isInRange('nonsense', '0.0.0.0/0')).toBe(false);
});

test.each([
  ...[
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    'printer.local',
    'metadata.google.internal',
    'router.lan',
    'nas.home',
    'fritz.box.home.arpa',
  ],
  ...['intranet', 'router', 'x.corp', 'x.localdomain', '1.168.192.in-addr.arpa', 'a..b', '.', '', 'hidden.onion', 'a.test'],
])('the name %j is not looked up', (name) => {
  expect(judgeName(name)).not.toBeNull();
});

test.each(['example.org', 'example.org.', 'sub.example.co.uk', 'localhost.example.org', 'local.example.org', 'xn--bcher-kva.example'])(
  'the name %s is',
  (name) => {
    expect(judgeName(name)).toBeNull();
  },
);

test('ports of other services are refused, those of the web are not', () => {
  expect([0, 22, 25, 53, 110, 143, 389, 587, 993, 2049, 5060, 6000, 6667, 10080].filter((port) => judgePort(port) === null)).toEqual([]);
  expect([80, 443, 3000, 8000, 8080, 8443, 49152].filter((port) => judgePort(port) !== null)).toEqual([]);
});
