// What secrets look like: one row a kind of key, from what their issuers have made public. A rule is tried only where one of
// its keywords stands, at that place (`y`), and every repetition in it has an end: a rule takes bounded time wherever it is
// tried. Group 1, where there is one, is the secret, and nothing of the match follows it.
import { entropyOf, isPlaceholder, looksLikePassword, looksLikeToken } from './looks.ts';

export interface SecretRule {
  /** Names the kind in placeholders and receipts. */
  id: string;
  /** Lower case; the text is compared without case. */
  keywords: readonly string[];
  /** Sticky; starts `back` characters before the keyword. */
  pattern: RegExp;
  back?: number;
  /** The keyword may stand within a word. Without it, a letter or digit before it rules the match out. */
  anywhere?: true;
  /** Bits a character that the secret must have; 2.5 where nothing is said. */
  entropy?: number;
  /** A closer look at the secret alone. */
  check?: (secret: string) => boolean;
}

const DEFAULT_ENTROPY = 2.5;

/** From the end of a name to its value: `_x"] : "`, ` = '`, ` => `. */
const TO_VALUE = String.raw`[\w.-]{0,24}\\?["'\]]{0,2}[ \t]{0,8}(?:=>|:=|==?|:)[ \t]{0,8}\\?["'\x60]{0,3}`;
const token = (id: string, keywords: string, pattern: RegExp, more: Partial<SecretRule> = {}): SecretRule => ({
  id,
  keywords: keywords.split(' '),
  pattern: sticky(pattern),
  ...more,
});
/** A key that shows only by the name of its service nearby: `datadog … = value`. */
const named = (id: string, keywords: string, value: string, more: Partial<SecretRule> = {}): SecretRule => ({
  id,
  keywords: keywords.split(' '),
  pattern: new RegExp(
    String.raw`[\w. -]{0,40}\\?["'\]]{0,2}[ \t]{0,8}(?:=>|:=|==?|:|[ ]{1,4})[ \t]{0,8}\\?["'\x60]{0,3}(?:Bearer )?(${value})(?![\w])`,
    'iy',
  ),
  entropy: 3,
  anywhere: true,
  ...more,
});

export const SECRET_RULES: readonly SecretRule[] = [
  // Clouds.
  token('aws-key', 'akia asia abia acca', /(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])/, { entropy: 3 }),
  token(
    'aws-secret',
    'aws_sec aws_secret secret_access_key secretaccesskey secret_key secretkey',
    new RegExp(String.raw`(?:aws_)?\w{0,10}secret_?(?:access_?)?key${TO_VALUE}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])`, 'i'),
    { anywhere: true, entropy: 3.5 },
  ),
  token(
    'aws-session',
    'session_token sessiontoken security-token security_token',
    new RegExp(`(?:session|security)[_-]?token${TO_VALUE}([A-Za-z0-9/+=]{100,2000})`, 'i'),
    { anywhere: true, entropy: 4 },
  ),
  token('aws-bedrock-key', 'absk', /ABSK[A-Za-z0-9+/]{100,200}={0,2}/, { entropy: 3.5 }),
  token('google-api-key', 'aiza', /AIza[\w-]{35}(?![\w-])/, { entropy: 3 }),
  token('google-oauth-secret', 'gocspx-', /GOCSPX-[\w-]{28}/),
  token('google-oauth-token', 'ya29.', /ya29\.[\w-]{20,2000}/, { entropy: 3 }),
  token('google-refresh-token', '1//0', /1\/\/0[\w-]{40,200}/, { entropy: 3.5 }),
  token('azure-storage-key', 'accountkey=', /AccountKey=([A-Za-z0-9+/]{86}==)/i, { entropy: 4 }),
  token(
    'azure-storage-key',
    'account-key account_key accountkey storage_key storage-key storagekey',
    new RegExp(`(?:account|storage)[_-]?key(?:${TO_VALUE}|[ =]["']?)([A-Za-z0-9+/]{86}==)`, 'i'),
    { anywhere: true, entropy: 4 },
  ),
  token(
    'azure-access-key',
    'sharedaccesskey= accesskey= primarykey= secondarykey=',
    /(?:SharedAccess|Access|Primary|Secondary)Key=([A-Za-z0-9+/]{42,88}={0,2})/i,
    { anywhere: true, entropy: 3.5 },
  ),
  token('azure-client-secret', 'q~', /[\w~.-]{3}\dQ~[\w~.-]{31,34}/, { back: 4, anywhere: true, entropy: 3.5 }),
  token('azure-sas', 'sig=', /sig=([A-Za-z0-9+/]{43}=|(?:[A-Za-z0-9]|%[0-9A-F]{2}){43,70}%3D)/i, { entropy: 3.5 }),
  named('azure-devops-token', 'azure_devops azuredevops', '[a-z2-7]{52}'),
  token('alibaba-key', 'ltai', /LTAI[A-Za-z0-9]{17,21}(?![A-Za-z0-9])/, { entropy: 3 }),
  token('tencent-key', 'akid', /AKID[A-Za-z0-9]{32,40}(?![A-Za-z0-9])/, { entropy: 3 }),
  token('yandex-key', 'aqvn', /AQVN[\w-]{35,38}/, { entropy: 3 }),
  token('digitalocean-token', 'dop_v1_ doo_v1_ dor_v1_', /do[opr]_v1_[0-9a-f]{64}/, { entropy: 2.5 }),
  token('heroku-key', 'hrku-', /HRKU-[\w-]{36,80}/, { entropy: 3 }),
  named('heroku-key', 'heroku', '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'),
  token('cloudflare-origin-key', 'v1.0-', /v1\.0-[0-9a-f]{24}-[0-9a-f]{146}/, { entropy: 3 }),
  named('cloudflare-key', 'cloudflare cf_api', '[0-9a-f]{37}|[\\w-]{40}'),
  token('fly-token', 'fo1_ fm1a fm2_', /(?:fo1_[\w-]{43}|fm1[ar]_[A-Za-z0-9+/]{100,800}|fm2_[A-Za-z0-9+/]{100,800})/, { entropy: 3.5 }),
  token('netlify-token', 'nfp_', /nfp_[A-Za-z0-9]{36}/),
  token('vercel-token', 'vcp_ vci_ vca_ vcr_ vck_', /vc[piark]_[A-Za-z0-9]{24,60}/),
  token('supabase-key', 'sbp_ sb_secret_', /(?:sbp_[0-9a-f]{40}|sb_secret_[\w-]{20,60})/),
  token('planetscale-key', 'pscale_', /pscale_(?:tkn|pw|oauth)_[\w.=-]{32,64}/),
  token('databricks-token', 'dapi', /dapi[0-9a-f]{32}(?:-\d)?(?![0-9a-z])/, { entropy: 3 }),
  token('tailscale-key', 'tskey-', /tskey-[a-z]{2,12}-[A-Za-z0-9]{6,30}-[A-Za-z0-9]{10,60}/),
  token('pulumi-token', 'pul-', /pul-[0-9a-f]{40}/),
  token('terraform-token', '.atlasv1.', /[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,90}/, { back: 14, anywhere: true, entropy: 3.5 }),
  token('vault-token', 'hvs. hvb. hvr.', /hv[sbr]\.[\w-]{24,300}/, { entropy: 3 }),
  token(
    'doppler-token',
    'dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.',
    /dp\.(?:pt|ct|sa|scim|audit|st(?:\.[\w-]{2,35})?)\.[A-Za-z0-9]{40,44}/,
    { entropy: 3 },
  ),
  // Code and packages.
  token('github-token', 'ghp_ gho_ ghu_ ghs_ ghr_', /gh[pousr]_[A-Za-z0-9]{36,255}/, { entropy: 3 }),
  token('github-fine-token', 'github_pat_', /github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}/, { entropy: 3 }),
  token(
    'gitlab-token',
    'glpat- gldt- glrt- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct-',
    /gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[\w.-]{20,300}/,
    { entropy: 3 },
  ),
  token('gitlab-runner-token', 'gr1348941', /GR1348941[\w-]{20}/, { entropy: 3 }),
  token('bitbucket-token', 'atbb', /ATBB[A-Za-z0-9]{32}(?![A-Za-z0-9])/, { entropy: 3 }),
  token('atlassian-token', 'atatt3 atctt3', /AT[AC]TT3[\w=-]{60,400}/, { entropy: 3 }),
  token('npm-token', 'npm_', /npm_[A-Za-z0-9]{36}(?![A-Za-z0-9])/, { entropy: 3 }),
  token('npm-token', '_authtoken', /_authToken[ \t]{0,4}=[ \t]{0,4}"?([\w./+=-]{16,200})/i, {
    anywhere: true,
    entropy: 3,
    check: (secret) => !isPlaceholder(secret),
  }),
  token('npm-auth', '_auth _password', /_(?:auth|password)[ \t]{0,4}=[ \t]{0,4}"?([A-Za-z0-9+/]{12,400}={0,2})/i, {
    anywhere: true,
    entropy: 3,
    check: (secret) => !isPlaceholder(secret),
  }),
  token('pypi-token', 'pypi-ageichlwas5vcmc pypi-agendgvzdc5wexbplm9yzw', /pypi-Ag(?:EIcHlwaS5vcmc|ENdGVzdC5weXBpLm9yZw)[\w-]{50,1000}/),
  token('rubygems-key', 'rubygems_', /rubygems_[0-9a-f]{48}/),
  token('nuget-key', 'oy2', /oy2[a-z0-9]{43}(?![A-Za-z0-9])/, { entropy: 3 }),
  token('crates-token', 'cio', /cio[A-Za-z0-9]{32}(?![A-Za-z0-9])/, { entropy: 3.5 }),
  token('docker-token', 'dckr_pat_ dckr_oat_', /dckr_[po]at_[\w-]{27,60}/),
  token('docker-auth', '"auth"', /"auth"\s{0,4}:\s{0,4}"([A-Za-z0-9+/]{16,400}={0,2})(?=")/i, { anywhere: true, entropy: 3 }),
  token('jfrog-key', 'akcp cmvmdgtu', /(?:AKCp[A-Za-z0-9]{69}|cmVmdGtu[A-Za-z0-9]{56})/, { entropy: 3 }),
  token('sonar-token', 'sqp_ squ_ sqa_', /sq[pua]_[0-9a-f]{40}/),
  token('postman-key', 'pmak-', /PMAK-[0-9a-f]{24}-[0-9a-f]{34}/),
  token('sentry-token', 'sntrys_ sntryu_', /(?:sntrys_eyJ[A-Za-z0-9+/=_]{40,400}|sntryu_[0-9a-f]{64})/),
  token('grafana-token', 'glc_ glsa_', /(?:glc_[A-Za-z0-9+/]{32,400}|glsa_[A-Za-z0-9]{32}_[0-9a-fA-F]{8})/, { entropy: 3 }),
  token('grafana-key', 'eyjrijoi', /eyJrIjoi[A-Za-z0-9]{60,400}={0,2}/, { entropy: 3 }),
  token('new-relic-key', 'nrak- nrii- nrjs- nraa-', /NR(?:AK|II|JS|AA)-[\w-]{19,32}/, { entropy: 3 }),
  named('datadog-key', 'datadog dd_api_key dd_app_key', '[0-9a-f]{40}|[0-9a-f]{32}'),
  // Models.
  token('openai-key', 'sk-proj- sk-svcacct- sk-admin-', /sk-(?:proj|svcacct|admin)-[\w-]{40,200}/, { entropy: 3 }),
  token('anthropic-key', 'sk-ant-', /sk-ant-[a-z0-9]{2,12}-[\w-]{60,120}/, { entropy: 3 }),
  token('openrouter-key', 'sk-or-v1-', /sk-or-v1-[0-9a-f]{64}/),
  token('model-key', 'sk-', /sk-[A-Za-z0-9]{32,64}(?![A-Za-z0-9-])/, { entropy: 3 }),
  token('hugging-face-token', 'hf_ api_org_', /(?:hf_|api_org_)[A-Za-z]{34}(?![A-Za-z0-9])/, { entropy: 3 }),
  token('replicate-key', 'r8_', /r8_[A-Za-z0-9]{37}(?![A-Za-z0-9])/, { entropy: 3 }),
  token('groq-key', 'gsk_', /gsk_[A-Za-z0-9]{52}(?![A-Za-z0-9])/, { entropy: 3 }),
  token('perplexity-key', 'pplx-', /pplx-[A-Za-z0-9]{48}(?![A-Za-z0-9])/, { entropy: 3 }),
  token('xai-key', 'xai-', /xai-[A-Za-z0-9]{70,90}(?![A-Za-z0-9])/, { entropy: 3 }),
  named('cohere-key', 'cohere co_api_key', '[A-Za-z0-9]{40}'),
  named('mistral-key', 'mistral', '[A-Za-z0-9]{32}'),
  // Messages and mail.
  token(
    'slack-token',
    'xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxe- xoxe.',
    /xox[abopresc][.-](?:xox[bp]-)?(?:\d{1,2}-)?[A-Za-z0-9-]{10,300}/,
    { entropy: 2.8 },
  ),
  token('slack-app-token', 'xapp-', /xapp-\d-[A-Z0-9]{5,20}-\d{5,20}-[a-z0-9]{20,80}/, { entropy: 3 }),
  token('slack-webhook', 'hooks.slack.com/', /hooks\.slack\.com\/((?:services|workflows|triggers)\/[A-Za-z0-9+/]{30,80})/, { entropy: 3 }),
  token(
    'discord-webhook',
    'discord.com/api/webhooks/ discordapp.com/api/webhooks/',
    /discord(?:app)?\.com\/api\/webhooks\/(\d{15,22}\/[\w-]{60,80})/,
  ),
  // A bot's number in base64, which begins with 1; the first letters of that are the keyword.
  token('discord-token', 'mta mte mti mtm mtq mtu mty mtc mtg mtk', /MT[A-Za-z0-9]{22,26}\.[\w-]{6}\.[\w-]{27,40}(?![\w-])/, {
    entropy: 3.5,
  }),
  token(
    'teams-webhook',
    '.webhook.office.com/',
    /\.webhook\.office\.com\/webhookb2\/([0-9a-f@-]{36,80}\/IncomingWebhook\/[0-9a-f]{32}\/[0-9a-f-]{36})/i,
    { anywhere: true },
  ),
  token('telegram-token', ':aa', /(?<=(?<!\d)\d{8,10}):AA[\w-]{33}(?![\w-])/, { anywhere: true, entropy: 3 }),
  token('twilio-key', 'sk', /SK[0-9a-f]{32}(?![0-9a-zA-Z])/, { entropy: 3 }),
  named('twilio-token', 'twilio', '[0-9a-f]{32}'),
  token('sendgrid-key', 'sg.', /SG\.[\w-]{20,24}\.[\w-]{39,50}/, { entropy: 3.5 }),
  token('mailgun-key', 'key-', /key-[0-9a-f]{32}(?![0-9a-z])/, { entropy: 3 }),
  token('mailchimp-key', '-us', /[0-9a-f]{32}-us\d{1,2}(?!\w)/, { back: 32, anywhere: true, entropy: 3 }),
  token('brevo-key', 'xkeysib- xsmtpsib-', /x(?:key|smtp)sib-[0-9a-f]{64}-[A-Za-z0-9]{16}/),
  token('resend-key', 're_', /re_[A-Za-z0-9]{8}_[A-Za-z0-9]{24}(?!\w)/, { entropy: 3.5 }),
  named('postmark-token', 'postmark', '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'),
  // Money.
  token('stripe-key', 'sk_live_ sk_test_ rk_live_ rk_test_ sk_prod_ rk_prod_', /[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,200}/, {
    entropy: 3,
  }),
  token('stripe-webhook-secret', 'whsec_', /whsec_[A-Za-z0-9+/=]{32,80}/, { entropy: 3 }),
  token('square-token', 'sq0atp- sq0csp- sq0idp-', /sq0(?:atp|csp|idp)-[\w-]{22,60}/),
  token('square-token', 'eaaa', /EAAA[\w-]{60}(?![\w-])/, { entropy: 3.5 }),
  token('braintree-token', 'access_token$', /access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}/),
  token('shopify-token', 'shpat_ shpca_ shppa_ shpss_', /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/, { entropy: 2.8 }),
  token('flutterwave-key', 'flwseck', /FLWSECK(?:_TEST|_LIVE)?-[0-9a-zA-Z]{12,64}/),
  token('shippo-token', 'shippo_', /shippo_(?:live|test)_[0-9a-fA-F]{40}/),
  token('coinbase-key', 'organizations/', /organizations\/[0-9a-f-]{36}\/apiKeys\/[0-9a-f-]{36}/, { anywhere: true }),
  // Work tools.
  token('linear-key', 'lin_api_ lin_oauth_', /lin_(?:api|oauth)_[A-Za-z0-9]{40,64}/),
  token('notion-token', 'ntn_ secret_', /(?:ntn_[A-Za-z0-9]{40,50}|secret_[A-Za-z0-9]{43})(?!\w)/, { entropy: 3.5 }),
  token('figma-token', 'figd_ figo_ figu_', /fig[dou][rh]?_[\w-]{40,60}/, { entropy: 3 }),
  token('contentful-token', 'cfpat-', /CFPAT-[\w-]{43}/),
  named('airtable-key', 'airtable', 'key[A-Za-z0-9]{14}|pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}'),
  token('airtable-token', 'pat', /pat[A-Za-z0-9]{14}\.[0-9a-f]{64}(?!\w)/, { entropy: 3 }),
  token('hubspot-token', 'pat-na', /pat-na\d-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/),
  token('asana-token', '1/1 2/1', /[12]\/1\d{15}(?:\/\d{16})?:[a-z0-9]{32}/),
  token('dropbox-token', 'sl.', /sl\.(?:u\.)?[\w-]{130,1500}/, { entropy: 3.5 }),
  token('mapbox-token', 'sk.eyj', /sk\.eyJ[\w-]{20,300}\.[\w-]{20,60}/),
  token('typeform-token', 'tfp_', /tfp_[\w.=-]{40,64}/),
  token('readme-key', 'rdme_', /rdme_[a-z0-9]{70}/),
  token('one-password-token', 'ops_eyj', /ops_eyJ[A-Za-z0-9+/=_-]{200,4000}/),
  token('facebook-token', 'eaac eaab eaaj eaag', /EAA[A-Za-z0-9]{90,400}(?!\w)/, { entropy: 3.5 }),
  // Keys and passwords as such.
  token('age-key', 'age-secret-key-1', /AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}/),
  token('jwt', 'eyj', /(?<![\w-])eyJ[\w-]{10,4000}\.(?:eyJ|[\w-]{0,700}\.)[\w-]{8,8000}(?:\.[\w-]{8,8000}){1,3}/, { entropy: 3.5 }),
  token('wireguard-key', 'privatekey presharedkey', new RegExp(`(?:private|preshared)key${TO_VALUE}([A-Za-z0-9+/]{43}=)`, 'i'), {
    entropy: 4,
  }),
  token(
    'password-hash',
    '$2a$ $2b$ $2y$ $5$ $6$ $y$ $argon2',
    /\$(?:2[aby]\$\d\d\$[./A-Za-z0-9]{53}|[56]\$(?:rounds=\d{3,9}\$)?[./A-Za-z0-9]{1,16}\$[./A-Za-z0-9]{43,86}|y\$[./A-Za-z0-9]{1,10}\$[./A-Za-z0-9]{1,86}\$[./A-Za-z0-9]{43}|argon2i?d?\$v=\d{1,3}\$[mtp=,\d]{5,40}\$[A-Za-z0-9+/]{10,100}\$[A-Za-z0-9+/]{20,200})/,
    { anywhere: true, entropy: 3 },
  ),
  token(
    'authorization',
    'authorization',
    /authorization["']{0,2}\s{0,4}[:=,]\s{0,4}\\?["']{0,2}(?:Bearer|Basic|Token|token|bearer|basic)\s{1,4}([A-Za-z0-9._~+/=-]{12,3000})/i,
    { anywhere: true, entropy: 3, check: looksLikeToken },
  ),
  token('password-in-address', '://', /:\/\/[^\s:@/?#"'<>`]{0,80}:([^\s@/"'<>`]{3,200})(?=@[\w[])/, {
    anywhere: true,
    entropy: 1.5,
    check: (secret) =>
      !isPlaceholder(secret) &&
      !/^(?:pass(?:word|wd)?|pwd|secret|token|user|port|\d{1,5}|xyz|abc|proxypass|userpass|mypass)$/i.test(secret),
  }),
  token('login-password', 'password passwd', /pass(?:word|wd)[ \t]{1,4}([^\s"']{6,100})(?=\s|$)/i, {
    entropy: 2,
    check: (secret) => looksLikePassword(secret, 3) && /\d/.test(secret) && !/[:;,.)]$/.test(secret),
  }),
  token(
    'command-password',
    '--password --passwd --token --secret --api-key',
    /--(?:password|passwd|token|secret|api-key)[= ]["']?([^\s"']{6,200})/i,
    { anywhere: true, entropy: 2, check: (secret) => looksLikePassword(secret, 3) },
  ),
  token('command-password', 'sshpass', /sshpass -p[ =]?["']?([^\s"']{4,200})/i, { entropy: 2, check: (secret) => !isPlaceholder(secret) }),
  token('server-password', 'requirepass masterauth', /(?:requirepass|masterauth)[ \t]{1,8}["']?([^\s"']{6,200})/i, {
    entropy: 2,
    check: (secret) => looksLikePassword(secret, 2),
  }),
  // host:port:database:user:password, a line of ~/.pgpass.
  token('pgpass', ':5432: :5433: :6432:', /:\d{4}:[\w*.-]{1,60}:[\w*@.-]{1,60}:([^\s:"'<>`]{6,200})(?=\s|$)/, {
    anywhere: true,
    entropy: 2,
    check: (secret) => looksLikePassword(secret, 2),
  }),
  token('password', 'password> passwd> pass> pwd>', /(?:password|passwd|pass|pwd)>([^\s<>"']{6,200})(?=<\/)/i, {
    anywhere: true,
    entropy: 2,
    check: (secret) => looksLikePassword(secret, 2),
  }),
  token('password', 'pass passe pw kennwort', /(?:passe?|pw|kennwort)[ \t]{0,4}[:=][ \t]{1,4}["'\x60]?([^\s"'\x60<>;]{6,200})/i, {
    entropy: 2.2,
    check: (secret) => looksLikePassword(secret, 3),
  }),
  token('password', 'password" passwd"', /passw(?:or)?d"\s{1,4}value="([^\s"]{6,200})(?=")/i, {
    anywhere: true,
    entropy: 2,
    check: (secret) => looksLikePassword(secret, 2),
  }),
  token('command-user', 'curl', /curl [^\n]{0,120}?(?:-u|--user)[ =]?["']?[\w.@-]{1,60}:([^\s"']{4,100})/i, {
    entropy: 2,
    check: (secret) => !isPlaceholder(secret) && looksLikePassword(secret, 2),
  }),
  token(
    'password',
    'password passwd passphrase passwort kennwort mot_de_passe contrase pgpassword mysql_pwd',
    new RegExp(
      String.raw`(?:pgpassword|password|passwd|passphrase|passwort|kennwort|mot_de_passe|contrase..?a|mysql_pwd)${TO_VALUE}([^\s"'\x60<>]{6,200})`,
      'i',
    ),
    { anywhere: true, entropy: 2, check: (secret) => looksLikePassword(secret, 2) },
  ),
  token('password', 'pwd= pwd: _pwd _pass pass=', new RegExp(String.raw`_?(?:pwd|pass)${TO_VALUE}([^\s"'\x60<>;]{6,200})`, 'i'), {
    anywhere: true,
    entropy: 2.2,
    check: (secret) => looksLikePassword(secret, 3),
  }),
  token(
    'api-key',
    'api_key apikey api-key access_key accesskey access-key auth_key authkey auth_token authtoken access_token accesstoken refresh_token client_secret clientsecret client-secret app_secret appsecret private_key privatekey encryption_key signing_key master_key secret_key secretkey secret-key webhook_secret license_key',
    new RegExp(
      `(?:api|access|auth|refresh|client|app|private|encryption|signing|master|secret|webhook|license)[_-]?(?:key|token|secret)${TO_VALUE}([A-Za-z0-9_~+/.=!@#%^&*-]{12,300})`,
      'i',
    ),
    { anywhere: true, entropy: 3, check: looksLikeToken },
  ),
  token('secret', 'secret token credential', new RegExp(`(?:secret|token|credential)${TO_VALUE}([A-Za-z0-9_~+/.=!@#%^&*-]{16,300})`, 'i'), {
    anywhere: true,
    entropy: 3.3,
    check: looksLikeToken,
  }),
];

/** Whether this match of a rule is a secret after all, by its looks. */
export function isSecret(rule: SecretRule, secret: string): boolean {
  if (entropyOf(secret) < (rule.entropy ?? DEFAULT_ENTROPY)) return false;
  return rule.check === undefined ? !isExample(secret) : rule.check(secret);
}

/** Keys that issuers print in their own documentation. */
function isExample(secret: string): boolean {
  return /EXAMPLE(?:KEY)?$/.test(secret) || /(?:example|xxxxx|00000000|12345678|abcdefgh)/i.test(secret);
}

function sticky(pattern: RegExp): RegExp {
  return new RegExp(pattern.source, `${pattern.flags.replace('y', '')}y`);
}
