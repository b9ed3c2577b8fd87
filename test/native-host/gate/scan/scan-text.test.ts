import { expect, test } from 'vitest';
import { scanText } from '../../../../native-host/gate/scan/scan-text.ts';
import { SECRET_RULES } from '../../../../native-host/gate/scan/secret-rules.ts';

const found = (text: string) => scanText(text).map(({ start, end, rule }) => `${rule}: ${text.slice(start, end)}`);

test.each([
  ['a card', 'pay with 4111 1111 1111 1111 today', 'card: 4111 1111 1111 1111'],
  ['an IBAN', 'to DE89 3704 0044 0532 0130 00, please', 'iban: DE89 3704 0044 0532 0130 00'],
  ['an IBAN without spaces', 'GB29NWBK60161331926819', 'iban: GB29NWBK60161331926819'],
  ['a German tax id', 'Steuer-ID: 86 095 742 719', 'de-tax-id: 86 095 742 719'],
  ['a French NIR', 'NIR 1 85 05 78 006 084 91 ok', 'fr-nir: 1 85 05 78 006 084 91'],
  ['a Spanish DNI', 'DNI 12345678Z', 'es-id: 12345678Z'],
  ['a Spanish NIE', 'NIE X1234567L', 'es-id: X1234567L'],
  ['an Italian codice fiscale', 'CF: RSSMRA85T10A562S.', 'it-codice-fiscale: RSSMRA85T10A562S'],
  ['a Dutch BSN', 'BSN: 111222333', 'nl-bsn: 111222333'],
  ['a Polish PESEL', 'PESEL 44051401359', 'pl-pesel: 44051401359'],
  ['an American SSN', 'ssn 536-22-8726', 'us-ssn: 536-22-8726'],
  ['a Swiss AHV number', 'AHV 756.9217.0769.85', 'ch-ahv: 756.9217.0769.85'],
  ['a British insurance number', 'NI AB 12 34 56 C', 'uk-insurance-number: AB 12 34 56 C'],
  ['an address', 'write to Ada.Byron+gate@weir.co.uk.', 'email: Ada.Byron+gate@weir.co.uk'],
  ['an address in another script', 'an müller@flüsse.de', 'email: müller@flüsse.de'],
  ['an international number', 'call +49 30 1234567 now', 'phone: +49 30 1234567'],
  ['a national number', 'Tel.: 030/123 45 67', 'phone: 030/123 45 67'],
  ['an American number', 'dial (555) 123-4567.', 'phone: (555) 123-4567'],
])('%s is found', (_name, text, expected) => {
  expect(found(text)).toContain(expected);
});

test.each([
  ['a card with a wrong digit', '4111 1111 1111 1112'],
  ['an IBAN with a wrong digit', 'DE89 3704 0044 0532 0130 01'],
  ['a tax id with a wrong digit', 'Steuer-ID: 86 095 742 718'],
  ['a DNI with a wrong letter', '12345678A'],
  ['a codice fiscale with a wrong letter', 'RSSMRA85T10A562X'],
  ['an SSN of a range that is not given out', 'ssn 666-22-8726'],
  ['nine digits without a word that says what they are', 'in all 111222333 grains'],
  ['a date', 'on 2026-11-21 and 21.11.2026 at 12:30:15'],
  ['a version', 'version 10.24.0.117 of 20261121'],
  ['an address of documentation', 'mail to ada@example.com'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a placeholder as people write it.
  ['a placeholder', 'password = "changeme", api_key = YOUR_API_KEY_HERE, token: <your-token>, secret = ${SECRET}'],
  ['code', 'password = os.environ["PASSWORD"]; token = getToken(user); const secret = config.secretKey'],
  ['prose', 'The password: something that only you know. A token is a word; the secret of it is that there is none.'],
  ['the key of the vendor’s documentation', 'AKIAIOSFODNN7EXAMPLE'],
])('%s is not', (_name, text) => {
  expect(found(text)).toEqual([]);
});

test('of an address with a password only the password is found', () => {
  expect(found('postgres://weir:k7Gt2pQz9@db.internal/gate')).toContain('password-in-address: k7Gt2pQz9');
});

test('a key whose end is cut off is found as far as it goes', () => {
  const begun = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n'.repeat(5)}`;
  expect(scanText(begun)).toContainEqual({ start: 0, end: begun.length, rule: 'private-key', kind: 'secret' });
});

test('a sentence that names the marker of a key is no key', () => {
  expect(found('A key starts with -----BEGIN PRIVATE KEY----- and then comes the rest.')).toEqual([]);
});

test('there are more than sixty kinds of secrets', () => {
  expect(new Set(SECRET_RULES.map(({ id }) => id)).size).toBeGreaterThan(60);
});

test.each(SECRET_RULES.map((rule) => [rule.id, rule] as const))(
  '%s repeats nothing without end, and is tried at its keyword alone',
  (_id, rule) => {
    expect(rule.pattern.sticky).toBe(true);
    const classless = rule.pattern.source.replace(/\\./g, 'e').replace(/\[[^\]]*\]/g, 'c');
    expect(classless).not.toMatch(/[*+]|\{\d+,\}/);
    expect(rule.keywords.every((keyword) => /^[\x20-\x7e]+$/.test(keyword) && keyword === keyword.toLowerCase())).toBe(true);
  },
);

test.each([
  ['one keyword again and again', 'password'],
  ['names without a value', 'secret_token_'],
  ['beginnings of tokens', 'eyJ.sl.AKIA-'],
  ['addresses of addresses', '://a:'],
  ['at signs', 'a@a.'],
  ['digits', '0 '],
  ['many begins', '-----BEGIN PRIVATE KEY-----'],
  ['spaces after a name', 'token          '],
  ['one long word', 'aB3'],
])('%s, a million characters of it, come to an end', (_name, part) => {
  expect(scanText(part.repeat(Math.ceil(1_000_000 / part.length))).length).toBeGreaterThanOrEqual(0);
});
