// Secrets as their issuers make them, from a seed. Each family follows what the issuer has published of its format
// (lengths, alphabets, prefixes, checksums, structure), never the scanner's rules; none opens any door. A family gives the
// secret alone, and lines as people really leave it lying about.
import { createHmac, createECDH, createPrivateKey, createPublicKey } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { Random } from '../random.ts';

export interface Dice extends Random {
  chars(alphabet: string, count: number): string;
}

export function createDice(random: Random): Dice {
  return { ...random, chars: (alphabet, count) => Array.from({ length: count }, () => alphabet[random.below(alphabet.length)]).join('') };
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const HEX = '0123456789abcdef';
const BASE62 = DIGITS + UPPER + LOWER;
const BASE64URL = `${BASE62}-_`;
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** What lies about: `text` holds `secret`, word for word. */
export interface Planting {
  text: string;
  secret: string;
}

export type Family = (dice: Dice) => Planting;

/** A line that is one of `lines`, with the secret where `%` stands. */
const lying = (secret: string, dice: Dice, lines: readonly string[]): Planting => ({
  text: dice.pick(lines).replace('%', () => secret),
  secret,
});

/** Where a token that shows by itself is found: in words, in code, in a terminal's history, in settings. */
const ANYWHERE = [
  'here is the token: %',
  'I used % for the import and it worked, please delete this note.',
  'export SERVICE_TOKEN=%',
  '  token: "%",',
  "const client = connect('%');",
  'curl -H "Authorization: Bearer %" https://api.service.internal/v1/me',
  '| staging | % | rotate in May |',
  'TOKEN=% ./deploy.sh --now',
  '<add key="ServiceToken" value="%"/>',
  '(%)',
];
const anywhere =
  (make: (dice: Dice) => string): Family =>
  (dice) =>
    lying(make(dice), dice, ANYWHERE);
const only =
  (lines: readonly string[], make: (dice: Dice) => string): Family =>
  (dice) =>
    lying(make(dice), dice, lines);

/** GitHub and npm end a token with the CRC-32 of it in base 62, six digits. */
function withChecksum(prefix: string, body: string): string {
  let rest = crc32(body);
  let sum = '';
  while (sum.length < 6) {
    sum = (BASE62[rest % 62] ?? '0') + sum;
    rest = Math.floor(rest / 62);
  }
  return prefix + body + sum;
}

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function signedToken(dice: Dice, claims: object): string {
  const signed = `${encoded({ alg: 'HS256', typ: 'JWT' })}.${encoded(claims)}`;
  return `${signed}.${createHmac('sha256', dice.bytes(32)).update(signed).digest('base64url')}`;
}

function uuid(dice: Dice): string {
  return `${dice.chars(HEX, 8)}-${dice.chars(HEX, 4)}-4${dice.chars(HEX, 3)}-${dice.pick(['8', '9', 'a', 'b'])}${dice.chars(HEX, 3)}-${dice.chars(HEX, 12)}`;
}

/** DER: a tag, a length, what is in it. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function armour(name: string, body: Buffer, width = 64): string {
  return `-----BEGIN ${name}-----\n${body.toString('base64').replace(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\n')}\n-----END ${name}-----`;
}

/** PKCS#1: the numbers are of the right sizes, no key. */
function rsaKey(dice: Dice): Buffer {
  const integer = (bytes: number) =>
    der(2, Buffer.concat([Buffer.from([0]), Buffer.from([0x80 | dice.below(128)]), dice.bytes(bytes - 1)]));
  const exponent = der(2, Buffer.from([1, 0, 1]));
  return der(0x30, der(2, Buffer.from([0])), integer(256), exponent, integer(256), ...Array.from({ length: 5 }, () => integer(128)));
}

const ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

function opensshKey(dice: Dice): string {
  const seed = dice.bytes(32);
  const pair = createPrivateKey({ key: Buffer.concat([ED25519, seed]), format: 'der', type: 'pkcs8' });
  const open = createPublicKey(pair).export({ format: 'der', type: 'spki' }).subarray(-32);
  const string = (value: Buffer | string) => {
    const body = Buffer.from(value as string);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    return Buffer.concat([length, body]);
  };
  const check = dice.bytes(4);
  const inner = Buffer.concat([
    check,
    check,
    string('ssh-ed25519'),
    string(open),
    string(Buffer.concat([seed, open])),
    string('keeper@weir'),
  ]);
  const padded = Buffer.concat([inner, Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, (8 - (inner.length % 8)) % 8)]);
  const one = Buffer.from([0, 0, 0, 1]);
  const head = Buffer.concat([Buffer.from('openssh-key-v1\0'), string('none'), string('none'), string(''), one]);
  return armour(
    'OPENSSH PRIVATE KEY',
    Buffer.concat([head, string(Buffer.concat([string('ssh-ed25519'), string(open)])), string(padded)]),
    70,
  );
}

function ecKey(dice: Dice): string {
  const pair = createECDH('prime256v1');
  const secret = dice.bytes(32);
  secret[0] = 1;
  pair.setPrivateKey(secret);
  const curve = der(0xa0, Buffer.from('06082a8648ce3d030107', 'hex'));
  const open = der(0xa1, der(3, Buffer.concat([Buffer.from([0]), pair.getPublicKey()])));
  return armour('EC PRIVATE KEY', der(0x30, der(2, Buffer.from([1])), der(4, secret), curve, open));
}

/** A password as a manager makes it: every kind of character, none that ends a quoted value. */
const strong = (dice: Dice): string => {
  const at = dice.below(4);
  return `${dice.chars(BASE62, 5 + at)}${dice.chars('!#%*+-=?@_~', 1)}${dice.chars(LOWER, 3)}${dice.chars(DIGITS, 2)}${dice.chars(UPPER, 2)}${dice.chars(BASE62, 4 - at)}`;
};
/** A password as a person makes it. */
const human = (dice: Dice): string =>
  `${dice.pick(['Falken', 'Regen', 'Winter', 'Dragon', 'Otter', 'Lisboa', 'Kestrel', 'Mandel'])}${dice.pick(['-', '_', '.', '!', '#'])}${dice.pick(['turm', 'bogen', 'hill', 'harbor', 'noche', 'brücke'])}${dice.below(9000) + 1000}`;

export const FAMILIES: Readonly<Record<string, Family>> = {
  // Clouds.
  'AWS access key id': only(
    ['aws_access_key_id = %', 'AWS_ACCESS_KEY_ID=%', '"AccessKeyId": "%",', 's3cmd --access_key=% ls', 'the key is % (see the ticket)'],
    (dice) => dice.pick(['AKIA', 'ASIA']) + dice.chars(BASE32, 16),
  ),
  'AWS secret key': only(
    [
      'aws_secret_access_key = %',
      'AWS_SECRET_ACCESS_KEY=%',
      '"SecretAccessKey": "%",',
      'secret_key = "%" # terraform',
      "  aws_secret_access_key='%',",
      '      AWS_SECRET_ACCESS_KEY: %',
    ],
    (dice) => dice.bytes(30).toString('base64'),
  ),
  'AWS session token': only(['aws_session_token = %', 'export AWS_SESSION_TOKEN="%"', '"SessionToken": "%",'], (dice) =>
    Buffer.concat([Buffer.from('IQoJb3JpZ2luX2Vj', 'base64'), dice.bytes(330)]).toString('base64'),
  ),
  'Google API key': anywhere((dice) => `AIzaSy${dice.chars(BASE64URL, 33)}`),
  'Google service account': (dice) => {
    const secret = armour(
      'PRIVATE KEY',
      der(0x30, der(2, Buffer.from([0])), der(0x30, Buffer.from('06092a864886f70d0101010500', 'hex')), der(4, rsaKey(dice))),
    );
    const text = JSON.stringify(
      {
        type: 'service_account',
        project_id: 'river-weir',
        private_key_id: dice.chars(HEX, 40),
        private_key: `${secret}\n`,
        client_id: dice.chars(DIGITS, 21),
      },
      null,
      2,
    );
    return { text, secret: secret.replaceAll('\n', '\\n') };
  },
  'Google OAuth client secret': only(
    ['"client_secret": "%"', 'GOOGLE_CLIENT_SECRET=%', 'client secret: %'],
    (dice) => `GOCSPX-${dice.chars(BASE64URL, 28)}`,
  ),
  'Google access token': anywhere((dice) => `ya29.a0${dice.chars(BASE64URL, 160)}`),
  'Google refresh token': only(
    ['"refresh_token": "%",', 'refresh_token=%', 'REFRESH_TOKEN = "%"'],
    (dice) => `1//0${dice.pick(['3', '4', 'g'])}${dice.chars(BASE64URL, 96)}`,
  ),
  'Azure storage key': only(
    [
      'DefaultEndpointsProtocol=https;AccountName=weirstore;AccountKey=%;EndpointSuffix=core.windows.net',
      'AZURE_STORAGE_CONNECTION_STRING="DefaultEndpointsProtocol=https;AccountName=w1;AccountKey=%"',
      'az storage blob list --account-name weir --account-key %',
      'AZURE_STORAGE_KEY=%',
    ],
    (dice) => dice.bytes(64).toString('base64'),
  ),
  'Azure client secret': only(
    ['AZURE_CLIENT_SECRET=%', '"clientSecret": "%",', 'client_secret = "%"', 'az login --service-principal -u 1 -p % --tenant t'],
    (dice) => `${dice.chars(`${BASE62}_.~-`, 3)}${dice.below(10)}Q~${dice.chars(`${BASE62}_.~-`, 34)}`,
  ),
  'Azure service bus': only(
    [
      'Endpoint=sb://weir.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=%',
      'HostName=weir.azure-devices.net;DeviceId=d1;SharedAccessKey=%',
    ],
    (dice) => dice.bytes(32).toString('base64'),
  ),
  'Azure SAS': only(['https://weir.blob.core.windows.net/a/b.csv?sv=2022-11-02&se=2027-01-01&sr=b&sp=r&sig=%'], (dice) =>
    encodeURIComponent(dice.bytes(32).toString('base64')),
  ),
  'DigitalOcean token': anywhere((dice) => `dop_v1_${dice.chars(HEX, 64)}`),
  'Alibaba access key': anywhere((dice) => `LTAI5t${dice.chars(BASE62, 18)}`),
  'Heroku key': only(['HEROKU_API_KEY=%', 'heroku_api_key: "%"', 'HEROKU_API_KEY="%" git push heroku main'], uuid),
  'Cloudflare token': only(['CLOUDFLARE_API_TOKEN=%', 'cloudflare_api_token = "%"', 'CF_API_TOKEN: %'], (dice) =>
    dice.chars(BASE64URL, 40),
  ),
  'Vault token': anywhere((dice) => `hvs.CAESI${dice.chars(BASE64URL, 87)}`),
  'Terraform Cloud token': only(
    ['credentials "app.terraform.io" { token = "%" }', '"token": "%"', 'TFE_TOKEN=%'],
    (dice) => `${dice.chars(BASE62, 14)}.atlasv1.${dice.chars(BASE62, 67)}`,
  ),
  'Databricks token': anywhere((dice) => `dapi${dice.chars(HEX, 32)}`),
  'Tailscale key': anywhere((dice) => `tskey-auth-k${dice.chars(BASE62, 11)}CNTRL-${dice.chars(BASE62, 32)}`),
  'Doppler token': anywhere((dice) => `dp.pt.${dice.chars(BASE62, 43)}`),
  // Code and packages.
  'GitHub personal token': anywhere((dice) => withChecksum('ghp_', dice.chars(BASE62, 30))),
  'GitHub OAuth token': anywhere((dice) => withChecksum('gho_', dice.chars(BASE62, 30))),
  'GitHub app token': anywhere((dice) => withChecksum(dice.pick(['ghs_', 'ghu_']), dice.chars(BASE62, 30))),
  'GitHub fine-grained token': anywhere((dice) => `github_pat_11${dice.chars(UPPER + DIGITS, 20)}_${dice.chars(BASE62, 59)}`),
  'GitHub in an address': only(
    ['git clone https://%@github.com/weir/gate.git', 'url = https://x-access-token:%@github.com/weir/gate.git'],
    (dice) => withChecksum('ghp_', dice.chars(BASE62, 30)),
  ),
  'GitLab personal token': anywhere((dice) => `glpat-${dice.chars(BASE64URL, 20)}`),
  'GitLab routable token': anywhere(
    (dice) => `glpat-${dice.chars(BASE64URL, 27)}.01.${dice.chars(HEX, 2)}${dice.chars(`${LOWER}${DIGITS}`, 7)}`,
  ),
  'GitLab runner token': anywhere((dice) => `glrt-${dice.chars(BASE64URL, 20)}`),
  'Atlassian token': anywhere((dice) => `ATATT3xFfGF0${dice.chars(BASE64URL, 171)}=${dice.chars('0123456789ABCDEF', 8)}`),
  'npm token': only(
    ['//registry.npmjs.org/:_authToken=%', 'NPM_TOKEN=%', 'npm config set //registry.npmjs.org/:_authToken %', 'my npm one: %'],
    (dice) => withChecksum('npm_', dice.chars(BASE62, 30)),
  ),
  'npm legacy token': only(['//registry.npmjs.org/:_authToken=%', '//npm.weir.internal/:_authToken="%"'], uuid),
  'npm basic auth': only(['//npm.weir.internal/:_auth=%', '_auth = %', '//npm.weir.internal/:_password="%"'], (dice) =>
    Buffer.from(`keeper:${strong(dice)}`).toString('base64'),
  ),
  'PyPI token': only(
    ['password = %', 'TWINE_PASSWORD=%', 'the upload token is %'],
    (dice) =>
      `pypi-${Buffer.concat([Buffer.from('\x02\x01\x08pypi.org\x02\x24', 'latin1'), Buffer.from(uuid(dice)), dice.bytes(70)]).toString('base64url')}`,
  ),
  'RubyGems key': anywhere((dice) => `rubygems_${dice.chars(HEX, 48)}`),
  'NuGet key': only(['dotnet nuget push a.nupkg -k % -s nuget.org', 'NUGET_API_KEY=%'], (dice) => `oy2${dice.chars(LOWER + DIGITS, 43)}`),
  'Docker Hub token': anywhere((dice) => `dckr_pat_${dice.chars(BASE64URL, 27)}`),
  'Docker config': only(['{"auths":{"registry.weir.internal":{"auth":"%"}}}', '      "auth": "%"'], (dice) =>
    Buffer.from(`keeper:${strong(dice)}`).toString('base64'),
  ),
  'SonarQube token': anywhere((dice) => `sqp_${dice.chars(HEX, 40)}`),
  'Sentry token': anywhere((dice) => `sntryu_${dice.chars(HEX, 64)}`),
  'Grafana token': anywhere((dice) => `glsa_${dice.chars(BASE62, 32)}_${dice.chars(HEX, 8)}`),
  'New Relic key': anywhere((dice) => `NRAK-${dice.chars(UPPER + DIGITS, 27)}`),
  'Datadog key': only(['DD_API_KEY=%', 'datadog_api_key: "%"', 'DATADOG_APP_KEY=%'], (dice) => dice.chars(HEX, dice.pick([32, 40]))),
  'Postman key': anywhere((dice) => `PMAK-${dice.chars(HEX, 24)}-${dice.chars(HEX, 34)}`),
  // Models.
  'OpenAI key': anywhere((dice) => `sk-proj-${dice.chars(BASE64URL, 74)}T3BlbkFJ${dice.chars(BASE64URL, 74)}`),
  'OpenAI old key': only(
    ['OPENAI_API_KEY=%', 'openai.api_key = "%"', "OpenAI(api_key='%')"],
    (dice) => `sk-${dice.chars(BASE62, 20)}T3BlbkFJ${dice.chars(BASE62, 20)}`,
  ),
  'Anthropic key': anywhere((dice) => `sk-ant-api03-${dice.chars(BASE64URL, 93)}AA`),
  'Hugging Face token': anywhere((dice) => `hf_${dice.chars(UPPER + LOWER, 34)}`),
  'Replicate token': anywhere((dice) => `r8_${dice.chars(BASE62, 37)}`),
  'Groq key': anywhere((dice) => `gsk_${dice.chars(BASE62, 52)}`),
  // Messages, mail, money.
  'Slack bot token': anywhere((dice) => `xoxb-${dice.chars('123456789', 12)}-${dice.chars('123456789', 13)}-${dice.chars(BASE62, 24)}`),
  'Slack user token': anywhere(
    (dice) => `xoxp-${dice.chars('123456789', 12)}-${dice.chars('123456789', 12)}-${dice.chars('123456789', 13)}-${dice.chars(HEX, 32)}`,
  ),
  'Slack app token': anywhere((dice) => `xapp-1-A0${dice.chars(UPPER + DIGITS, 9)}-${dice.chars('123456789', 13)}-${dice.chars(HEX, 64)}`),
  'Slack webhook': only(
    ['https://hooks.slack.com/services/%', 'SLACK_WEBHOOK=https://hooks.slack.com/services/%'],
    (dice) => `T0${dice.chars(UPPER + DIGITS, 9)}/B0${dice.chars(UPPER + DIGITS, 9)}/${dice.chars(BASE62, 24)}`,
  ),
  'Discord bot token': only(
    ['DISCORD_TOKEN=%', 'client.login("%");', 'bot.run("%")'],
    (dice) =>
      `${Buffer.from(`1${dice.chars(DIGITS, 17)}`).toString('base64url')}.G${dice.chars(BASE64URL, 5)}.${dice.chars(BASE64URL, 38)}`,
  ),
  'Discord webhook': only(['https://discord.com/api/webhooks/%'], (dice) => `1${dice.chars(DIGITS, 17)}/${dice.chars(BASE64URL, 68)}`),
  // What stands before the colon is the bot's number, which is no secret.
  'Telegram bot token': (dice) => {
    const bot = dice.chars('123456789', 10);
    return lying(`AA${dice.chars(BASE64URL, 33)}`, dice, [
      `TELEGRAM_BOT_TOKEN=${bot}:%`,
      `https://api.telegram.org/bot${bot}:%/getMe`,
      `bot = Bot("${bot}:%")`,
    ]);
  },
  'Stripe secret key': anywhere((dice) => `sk_live_51${dice.chars(BASE62, 97)}`),
  'Stripe short key': anywhere((dice) => `${dice.pick(['sk_live_', 'rk_live_'])}${dice.chars(BASE62, 24)}`),
  'Stripe webhook secret': only(['STRIPE_WEBHOOK_SECRET=%', 'endpoint_secret = "%"'], (dice) => `whsec_${dice.chars(BASE62, 32)}`),
  'Square token': anywhere((dice) => `EAAAl${dice.chars(BASE64URL, 59)}`),
  'Twilio key': only(['TWILIO_API_KEY=%', 'twilio api key: %', 'TWILIO_AUTH_TOKEN=%'], (dice) =>
    dice.pick([`SK${dice.chars(HEX, 32)}`, dice.chars(HEX, 32)]),
  ),
  'SendGrid key': anywhere((dice) => `SG.${dice.chars(BASE64URL, 22)}.${dice.chars(BASE64URL, 43)}`),
  'Mailgun key': only(
    ['MAILGUN_API_KEY=%', "curl --user 'api:%' https://api.mailgun.net/v3/domains"],
    (dice) => `key-${dice.chars(HEX, 32)}`,
  ),
  'Mailchimp key': only(['MAILCHIMP_API_KEY=%', 'mailchimp: %'], (dice) => `${dice.chars(HEX, 32)}-us${dice.below(20) + 1}`),
  'Shopify token': anywhere((dice) => `shpat_${dice.chars(HEX, 32)}`),
  'Linear key': anywhere((dice) => `lin_api_${dice.chars(BASE62, 40)}`),
  'Notion token': anywhere((dice) => `ntn_${dice.chars(DIGITS, 11)}${dice.chars(BASE62, 35)}`),
  'Figma token': anywhere((dice) => `figd_${dice.chars(BASE64URL, 40)}`),
  'Airtable token': anywhere((dice) => `pat${dice.chars(BASE62, 14)}.${dice.chars(HEX, 64)}`),
  '1Password service account': anywhere(
    (dice) =>
      `ops_${encoded({ signInAddress: 'weir.1password.eu', userAuth: { method: 'SRPg-4096' }, secretKey: dice.chars(UPPER, 30), muk: dice.bytes(90).toString('base64') })}`,
  ),
  // Keys.
  'JSON web token': only(['Cookie: session=%', 'jwt: %', 'ID_TOKEN=%', 'localStorage.token = "%"'], (dice) =>
    signedToken(dice, { sub: dice.chars(DIGITS, 10), name: 'Keeper', iat: 1_700_000_000 + dice.below(1e6), scope: 'read write' }),
  ),
  'Bearer header': only(['Authorization: Bearer %', '"Authorization": "Bearer %"', 'headers = {"Authorization": "Bearer %"}'], (dice) =>
    dice.chars(BASE64URL, 42),
  ),
  'Basic header': only(['Authorization: Basic %', "-H 'Authorization: Basic %'"], (dice) =>
    Buffer.from(`keeper:${strong(dice)}`).toString('base64'),
  ),
  'RSA private key': (dice) => bare(armour('RSA PRIVATE KEY', rsaKey(dice))),
  'EC private key': (dice) => bare(ecKey(dice)),
  'Ed25519 private key': (dice) => bare(armour('PRIVATE KEY', Buffer.concat([ED25519, dice.bytes(32)]))),
  'OpenSSH private key': (dice) => bare(opensshKey(dice)),
  'encrypted private key': (dice) => bare(armour('ENCRYPTED PRIVATE KEY', der(0x30, dice.bytes(90), der(4, dice.bytes(700))))),
  'OpenPGP private key': (dice) =>
    bare(armour('PGP PRIVATE KEY BLOCK', dice.bytes(900)).replace('BLOCK-----\n', 'BLOCK-----\nVersion: GnuPG v2\n\n')),
  'PuTTY private key': (dice) => {
    const line = () => dice.bytes(48).toString('base64');
    return bare(
      `PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: keeper\nPublic-Lines: 2\n${line()}\n${line()}\nPrivate-Lines: 1\n${line()}\nPrivate-MAC: ${dice.chars(HEX, 64)}`,
    );
  },
  'age secret key': anywhere((dice) => `AGE-SECRET-KEY-1${dice.chars('QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L', 58)}`),
  'WireGuard key': only(['[Interface]\nPrivateKey = %\nAddress = 10.0.0.2/32', 'PresharedKey = %'], (dice) =>
    dice.bytes(32).toString('base64'),
  ),
  // Passwords.
  'database address': only(
    [
      'DATABASE_URL=postgres://weir:%@db.internal:5432/gate',
      "mongoose.connect('mongodb+srv://keeper:%@cluster0.a1b2c.mongodb.net/river')",
      'redis://:%@cache.internal:6379/0',
      'amqp://gate:%@mq.internal/%2f',
      'mysql+pymysql://root:%@10.0.0.4/weir',
    ],
    (dice) => dice.chars(BASE62, 16),
  ),
  'ADO connection string': only(
    [
      'Server=tcp:db.internal,1433;Database=gate;User ID=weir;Password=%;Encrypt=true;',
      '"Default": "Host=db;Username=weir;Password=%;Database=gate"',
      'Server=db;Uid=weir;Pwd=%;',
    ],
    (dice) => strong(dice).replaceAll(/[=;]/g, 'x'),
  ),
  'password in settings': only(
    [
      'DB_PASSWORD=%',
      'password: %',
      '  password: "%"',
      '"password": "%",',
      "password = '%'",
      'spring.datasource.password=%',
      '<property name="password" value="%"/>',
      '<password>%</password>',
      'requirepass %',
      "$db_pass = '%';",
    ],
    strong,
  ),
  'password in a note': only(
    ['Wifi password: %', 'Passwort: %', 'mot de passe : %', 'login keeper / password %', 'contraseña: %', 'PW: %', 'pass = %'],
    human,
  ),
  'password in a command': only(
    [
      'mysql -u root --password=% gate',
      'PGPASSWORD=% psql -h db gate',
      'sshpass -p % ssh keeper@weir',
      "curl -u 'keeper:%' https://weir.internal/a",
      'docker login -u keeper --password % registry.weir.internal',
    ],
    (dice) => strong(dice).replaceAll(/[#%=?]/g, '_'),
  ),
  'netrc and pgpass': only(['machine weir.internal login keeper password %', 'db.internal:5432:gate:weir:%'], strong),
  'API key in settings': only(['API_KEY=%', 'api_key: "%"', '"apiKey": "%",', 'X-Api-Key: %', "const apiKey = '%';", 'api-key=%'], (dice) =>
    dice.chars(BASE62, 32),
  ),
  'client secret': only(['client_secret=%', '"clientSecret": "%"', 'OAUTH_CLIENT_SECRET: %', 'client-secret: %'], (dice) =>
    dice.chars(BASE64URL, 40),
  ),
  'signing secret': only(['SECRET_KEY_BASE=%', "SECRET_KEY = '%'", 'JWT_SECRET=%', 'SESSION_SECRET="%"', 'encryption_key: %'], (dice) =>
    dice.pick([dice.chars(HEX, 64), dice.chars(BASE62, 50)]),
  ),
  'Kubernetes secret': only(
    ['kind: Secret\ndata:\n  password: %', 'apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\ndata:\n  DB_PASSWORD: %'],
    (dice) => Buffer.from(strong(dice)).toString('base64'),
  ),
  'shadow line': only(
    ['root:%:19700:0:99999:7:::', 'keeper:%:19812:0:99999:7:::'],
    (dice) => `$6$${dice.chars(`${BASE62}./`, 16)}$${dice.chars(`${BASE62}./`, 86)}`,
  ),
  'htpasswd line': only(['keeper:%'], (dice) => `$2y$10$${dice.chars(`${BASE62}./`, 53)}`),
};

function bare(secret: string): Planting {
  return { text: secret, secret };
}
