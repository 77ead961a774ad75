import { sleep } from 'n8n-workflow';
import type { Ports } from '../http/ports';

/** The real clock, chance and pause. */
export const realPorts: Ports = {
	now: () => Date.now(),
	random: () => Math.random(),
	sleep: async (ms) => await sleep(ms),
};
