import { expect, test } from 'vitest';
import { createFollowers } from '../../../native-host/port/follow.ts';
import type { Client } from '../../../native-host/port/server.ts';
import type { RunRecord } from '../../../native-host/runs/log.ts';
import type { RunId } from '../../../shared/ids.ts';
import type { RunResult } from '../../../shared/protocol/native.ts';

const RUN = `r_${'1'.repeat(32)}` as RunId;
const RESULT: RunResult = { kind: 'none' };

function createClient() {
  const told: unknown[] = [];
  const client: Client = {
    from: 'relay',
    origin: '',
    greeted: true,
    notify: (method, params) => void told.push([method, params]),
    gone: new AbortController().signal,
  };
  return { client, told };
}

/** A record as far as followers look at it. */
function recordOf(status: string): RunRecord {
  return { id: RUN, state: { status } } as unknown as RunRecord;
}

function setUp(resultOf: () => RunResult = () => RESULT) {
  const clock = { now: 0 };
  const errors: unknown[] = [];
  return {
    clock,
    errors,
    ...createClient(),
    followers: createFollowers(
      resultOf,
      () => clock.now,
      (error) => errors.push(error),
    ),
  };
}

test('the result of a followed run is told once, when it is over, to whoever follows it', () => {
  const { followers, client, told } = setUp();
  followers.follow(RUN, client);
  followers.onChange(recordOf('running'));
  expect(told).toEqual([]);
  followers.onChange(recordOf('succeeded'));
  followers.onChange(recordOf('succeeded'));
  expect(told).toEqual([['run.result', { run: RUN, result: RESULT }]]);
});

test.each(['failed', 'cancelled'])('a run that ended as %s has no result to tell', (status) => {
  const { followers, client, told } = setUp();
  followers.follow(RUN, client);
  followers.onChange(recordOf(status));
  expect(told).toEqual([]);
});

test('a run that takes longer than a moment shows nothing by itself', () => {
  let made = 0;
  const { followers, client, told, clock } = setUp(() => {
    made += 1;
    return RESULT;
  });
  followers.follow(RUN, client);
  clock.now = 1_001;
  followers.onChange(recordOf('succeeded'));
  expect({ told, made }).toEqual({ told: [], made: 0 });
});

test('a result that cannot be made is logged and harms nobody', () => {
  const { followers, client, told, errors } = setUp(() => {
    throw new Error('gone');
  });
  followers.follow(RUN, client);
  followers.onChange(recordOf('succeeded'));
  expect({ told, errors }).toEqual({ told: [], errors: [new Error('gone')] });
});
