import type { BackgroundDefinition } from 'wxt';
import { defineBackground } from 'wxt/utils/define-background';
import { startWorker } from '../background/worker.ts';

const worker: BackgroundDefinition = defineBackground(startWorker);

export default worker;
