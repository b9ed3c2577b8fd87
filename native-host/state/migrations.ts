// The store's schema, as steps that are only ever added to. JSON columns hold values of the shared schemas.

export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    'CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID',
    // writer: who appends to the log now. submitted: 1 once the cloud has it.
    `CREATE TABLE runs (
      id TEXT PRIMARY KEY, recipe TEXT NOT NULL, title TEXT NOT NULL, input TEXT NOT NULL, warrant TEXT NOT NULL,
      state TEXT NOT NULL, status TEXT NOT NULL, writer TEXT NOT NULL, created_at INTEGER NOT NULL,
      released INTEGER NOT NULL DEFAULT 0, changed INTEGER NOT NULL DEFAULT 0, approved INTEGER NOT NULL DEFAULT 0
    ) STRICT`,
    'CREATE INDEX runs_by_time ON runs (created_at DESC)',
    `CREATE INDEX runs_open ON runs (status) WHERE status = 'running'`,
    'CREATE TABLE events (run TEXT NOT NULL, seq INTEGER NOT NULL, epoch INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (run, seq)) STRICT, WITHOUT ROWID',
    // One row a (run, step): intent before the effect, report after it. A repeated task gets the recorded report.
    'CREATE TABLE tasks (run TEXT NOT NULL, step TEXT NOT NULL, attempt INTEGER NOT NULL, intent TEXT, report TEXT, PRIMARY KEY (run, step)) STRICT, WITHOUT ROWID',
    `CREATE TABLE handles (
      id TEXT PRIMARY KEY, run TEXT NOT NULL, kind TEXT NOT NULL, label TEXT NOT NULL, file TEXT, text TEXT, source TEXT,
      expires_at INTEGER NOT NULL
    ) STRICT`,
    'CREATE INDEX handles_by_expiry ON handles (expires_at)',
    'CREATE TABLE outbox (n INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, method TEXT NOT NULL, params TEXT NOT NULL) STRICT',
    'CREATE TABLE ledger (n INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, run TEXT NOT NULL, receipt TEXT NOT NULL, line TEXT NOT NULL) STRICT',
    `CREATE TABLE approvals (
      id TEXT PRIMARY KEY, run TEXT NOT NULL, step TEXT NOT NULL, view TEXT NOT NULL, binding TEXT NOT NULL,
      answer TEXT, expires_at INTEGER NOT NULL
    ) STRICT`,
    `CREATE INDEX approvals_open ON approvals (run) WHERE answer IS NULL`,
  ],
  [
    // The journal. state: intended (begun, to be settled after a crash), done, nothing (did not happen), undone. total: changes of
    // the whole step. undoes: the change that this one takes back.
    `CREATE TABLE changes (
      n INTEGER PRIMARY KEY AUTOINCREMENT, run TEXT NOT NULL, step TEXT NOT NULL, at INTEGER NOT NULL, total INTEGER NOT NULL,
      state TEXT NOT NULL, change TEXT NOT NULL, pre_image TEXT, undoes INTEGER, says TEXT
    ) STRICT`,
    'CREATE INDEX changes_by_run ON changes (run, step)',
    `CREATE INDEX changes_intended ON changes (n) WHERE state = 'intended'`,
    'CREATE INDEX changes_by_pre_image ON changes (pre_image) WHERE pre_image IS NOT NULL',
    'CREATE TABLE pre_images (hash TEXT PRIMARY KEY, size INTEGER NOT NULL, kept_at INTEGER NOT NULL) STRICT, WITHOUT ROWID',
  ],
  [
    // What was released, to the letter, for as long as it is kept; the ledger keeps its hashes for ever.
    'CREATE TABLE sent_texts (hash TEXT PRIMARY KEY, text TEXT NOT NULL, expires_at INTEGER NOT NULL) STRICT, WITHOUT ROWID',
    'CREATE INDEX sent_texts_by_expiry ON sent_texts (expires_at)',
    'CREATE TABLE sent (receipt TEXT NOT NULL, position INTEGER NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (receipt, position)) STRICT, WITHOUT ROWID',
    'CREATE INDEX sent_by_hash ON sent (hash)',
    // What stands behind the placeholders of a run; it never leaves.
    'CREATE TABLE redactions (run TEXT NOT NULL, placeholder TEXT NOT NULL, value TEXT NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (run, placeholder)) STRICT, WITHOUT ROWID',
    // What the screen has shown of a file on a day, and how many questions were asked on it. `file` and `excerpt` are keyed hashes.
    'CREATE TABLE shown (day TEXT NOT NULL, file TEXT NOT NULL, excerpt TEXT NOT NULL, chars INTEGER NOT NULL, PRIMARY KEY (day, file, excerpt)) STRICT, WITHOUT ROWID',
    'CREATE TABLE queries (day TEXT PRIMARY KEY, count INTEGER NOT NULL) STRICT, WITHOUT ROWID',
  ],
  [
    // A yes is used once. detail: what a question is about to the letter, until it is answered.
    'ALTER TABLE approvals ADD COLUMN used_at INTEGER',
    'ALTER TABLE approvals ADD COLUMN detail TEXT',
    // changes_approved: a yes for the rest of the run covers its changes. asks: `changes` when each change is asked about first.
    'ALTER TABLE runs ADD COLUMN changes_approved INTEGER NOT NULL DEFAULT 0',
    `ALTER TABLE runs ADD COLUMN asks TEXT NOT NULL DEFAULT 'plan'`,
  ],
  [
    // device: the run's own. grant_id: of a file, the grant that it lies in. name: of a file, what the gate has released of its
    // name to the cloud.
    'ALTER TABLE handles ADD COLUMN device TEXT',
    'ALTER TABLE handles ADD COLUMN grant_id TEXT',
    'ALTER TABLE handles ADD COLUMN name TEXT',
    `UPDATE handles SET grant_id = json_extract(file, '$.grant'),
      device = (SELECT json_extract(runs.state, '$.spec.device') FROM runs WHERE runs.id = handles.run)`,
    'CREATE INDEX handles_by_run ON handles (run, grant_id)',
    'CREATE INDEX handles_by_source ON handles (source) WHERE source IS NOT NULL',
    // The receipt under which the run's names went to the cloud, once for all; empty when none of them may.
    'ALTER TABLE runs ADD COLUMN names TEXT',
  ],
  [
    // What the person lets others start. ended_at: set once it starts nothing any more.
    'CREATE TABLE standing_warrants (id TEXT PRIMARY KEY, warrant TEXT NOT NULL, ended_at INTEGER) STRICT, WITHOUT ROWID',
    // The standing warrant that started a run.
    'ALTER TABLE runs ADD COLUMN standing TEXT',
    // Runs that somebody else asked for. state: asked (the person is), started, refused. same: recipe and grants. run: the id that it has or would have.
    `CREATE TABLE run_requests (
      id TEXT PRIMARY KEY, at INTEGER NOT NULL, request TEXT NOT NULL, same TEXT NOT NULL, run TEXT NOT NULL UNIQUE, state TEXT NOT NULL,
      asked INTEGER NOT NULL, approval TEXT, code TEXT, ended_at INTEGER
    ) STRICT, WITHOUT ROWID`,
    'CREATE INDEX run_requests_by_time ON run_requests (at)',
  ],
  [
    // What the grants said when a question was asked, when a standing warrant was made, and when a yes was given for the rest of a
    // run: to its releases, to its changes. NULL: there is no such yes. They take the place of the two flags.
    'ALTER TABLE approvals ADD COLUMN terms TEXT',
    'ALTER TABLE standing_warrants ADD COLUMN terms TEXT',
    'ALTER TABLE runs ADD COLUMN approved_under TEXT',
    'ALTER TABLE runs ADD COLUMN changes_approved_under TEXT',
    'ALTER TABLE runs DROP COLUMN approved',
    'ALTER TABLE runs DROP COLUMN changes_approved',
  ],
];
