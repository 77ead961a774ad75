/** Webhook deliveries as Pipedrive makes them: retries, ban, removal of dead hooks. To loopback addresses only. */
import { randomUUID } from 'node:crypto';
import type { Row } from './collection.mts';
import { sees } from './listing.mts';
import { loginOf, post } from './outgoing.mts';
import { v1Payload, v2Payload, webhookObjects, type WebhookEvent } from './webhookPayload.mts';
import type { Change, World } from './world.mts';

const SECOND = 1000;
const RETRY_AFTER = [3 * SECOND, 30 * SECOND, 150 * SECOND];
const BAN_AFTER_FAILURES = 10;
const BAN_MS = 30 * 60 * SECOND;
const DEAD_AFTER_MS = 3 * 24 * 3600 * SECOND;

export interface Sent {
	hookId: number;
	eventId: string;
	/** 1 to 4 */
	attempt: number;
	/** 0: no answer. */
	status: number;
	/** Until the answer, by the real clock. */
	ms: number;
	body: Record<string, unknown>;
}

interface Letter {
	hookId: number;
	event: WebhookEvent;
	attempt: number;
	dueAt: number;
}

interface Health {
	failedFirsts: number;
	bannedUntil: number;
	failingSince?: number;
}

export interface Forgery {
	/** `user:password`; absent: those of the hook; '' = no header. */
	login?: string;
	body?: string;
	headers?: Record<string, string>;
}

export class Deliveries {
	/** What was sent, in order; forged ones are not in it. */
	readonly sent: Sent[] = [];
	/** Events that no one will get, and why. */
	readonly lost: Array<{
		hookId: number;
		event: WebhookEvent;
		why: 'banned' | 'dropped' | 'given up';
	}> = [];
	private queue: Letter[] = [];
	private held = false;
	private doubled = 0;
	private dropped = 0;
	private readonly health = new Map<number, Health>();
	private readonly mergedInto = new Map<string, Row>();
	private timer?: NodeJS.Timeout;
	private running: Promise<void> = Promise.resolve();
	private closed = false;

	constructor(private readonly world: World) {
		world.watch = (changes) => this.observe(changes);
	}

	/** The next `count` events are delivered twice, as a lost answer would do. */
	twice(count = 1): void {
		this.doubled += count;
	}

	/** The next `count` events are lost. */
	drop(count = 1): void {
		this.dropped += count;
	}

	/** Nothing is sent until `release`. */
	hold(): void {
		this.held = true;
	}

	release(order: 'inOrder' | 'reversed' = 'inOrder'): void {
		this.held = false;
		if (order === 'reversed') this.queue.reverse();
		this.wake();
	}

	/** Sends everything that is due by the sandbox's clock and waits for the answers. */
	async flush(): Promise<void> {
		this.running = this.running.then(() => this.work());
		await this.running;
	}

	/** Somebody who knows the address sends something. Gives the status of the answer. */
	async forge(hookId: number, forgery: Forgery = {}): Promise<number> {
		const hook = this.world.collections.webhooks.get(hookId);
		if (!hook) throw new Error(`no webhook ${hookId}`);
		const login = forgery.login ?? loginOf(hook);
		const body = forgery.body ?? JSON.stringify(this.sent.at(-1)?.body ?? {});
		return await post(String(hook.subscription_url), body, login, forgery.headers);
	}

	close(): void {
		this.closed = true;
		this.queue = [];
		clearTimeout(this.timer);
	}

	private observe(changes: readonly Change[]): void {
		const hooks = this.hooks();
		if (hooks.length === 0) return;
		const at = this.world.options.now();
		for (const change of changes) {
			const event = this.eventOf(change, at);
			if (!event) continue;
			for (const hook of hooks) if (this.wants(hook, event)) this.post(hook, event, at);
		}
		this.wake();
	}

	private post(hook: Row, event: WebhookEvent, at: number): void {
		if (this.healthOf(hook.id).bannedUntil > at) {
			this.lost.push({ hookId: hook.id, event, why: 'banned' });
		} else if (this.dropped > 0) {
			this.dropped -= 1;
			this.lost.push({ hookId: hook.id, event, why: 'dropped' });
		} else {
			const letter = { hookId: hook.id, event, attempt: 1, dueAt: at };
			this.queue.push(letter);
			if (this.doubled > 0) {
				this.doubled -= 1;
				this.queue.push({ ...letter });
			}
		}
	}

	private eventOf(change: Change, at: number): WebhookEvent | undefined {
		const { entity, before, after, actor } = change;
		if (!webhookObjects[entity] || before?.is_deleted) return undefined;
		const key = `${entity} ${after.id}`;
		const mergedFrom = this.mergedInto.get(key);
		this.mergedInto.delete(key);
		const mergedToId = after.merged_to_id as number | undefined;
		if (mergedToId !== undefined) this.mergedInto.set(`${entity} ${mergedToId}`, after);
		const action = after.is_deleted ? 'delete' : before ? 'change' : 'create';
		const ids = { id: randomUUID(), correlationId: randomUUID() };
		return { ...ids, action, entity, before, after, actor, at, mergedToId, mergedFrom };
	}

	private wants(hook: Row, event: WebhookEvent): boolean {
		const user = this.world.users.find(({ id }) => id === hook.user_id);
		const fits = (wanted: unknown, is: unknown) => wanted === '*' || wanted === is;
		// v1 tells a merge once, by the record that stays.
		if (hook.version === '1.0' && event.mergedToId !== undefined) return false;
		return (
			fits(hook.event_action, event.action) &&
			fits(hook.event_object, webhookObjects[event.entity]) &&
			user !== undefined &&
			sees(user, event.after)
		);
	}

	private hooks(): Row[] {
		return [...this.world.collections.webhooks.all()].filter((hook) => !hook.is_deleted);
	}

	private healthOf(hookId: number): Health {
		const health = this.health.get(hookId) ?? { failedFirsts: 0, bannedUntil: 0 };
		this.health.set(hookId, health);
		return health;
	}

	/** By the real clock in a demo; a test with a clock of its own calls `flush`. */
	private wake(): void {
		clearTimeout(this.timer);
		if (this.closed || this.held || this.queue.length === 0) return;
		const next = Math.min(...this.queue.map(({ dueAt }) => dueAt));
		const wait = Math.max(0, next - this.world.options.now());
		this.timer = setTimeout(() => void this.flush(), wait);
		this.timer.unref();
	}

	private async work(): Promise<void> {
		for (;;) {
			const now = this.world.options.now();
			const index = this.held ? -1 : this.queue.findIndex(({ dueAt }) => dueAt <= now);
			if (index < 0) break;
			await this.deliver(this.queue.splice(index, 1)[0]);
		}
		this.wake();
	}

	private async deliver(letter: Letter): Promise<void> {
		const hook = this.world.living('webhooks', letter.hookId);
		if (!hook) return;
		const { event, attempt } = letter;
		const payload = hook.version === '1.0' ? v1Payload : v2Payload;
		const body = payload(this.world, hook, event, attempt);
		const sentAt = performance.now();
		const status = await post(String(hook.subscription_url), JSON.stringify(body), loginOf(hook));
		const ms = Math.round(performance.now() - sentAt);
		this.sent.push({ hookId: hook.id, eventId: event.id, attempt, status, ms, body });
		if (!this.world.living('webhooks', hook.id)) return;
		this.note(hook, status);
		if (status >= 200 && status < 300) return;
		if (attempt === 1) this.countFailure(hook.id);
		const pause = RETRY_AFTER[attempt - 1];
		if (pause === undefined) {
			this.lost.push({ hookId: hook.id, event, why: 'given up' });
			return;
		}
		const dueAt = this.world.options.now() + pause;
		this.queue.push({ ...letter, attempt: attempt + 1, dueAt });
	}

	private countFailure(hookId: number): void {
		const health = this.healthOf(hookId);
		health.failedFirsts += 1;
		if (health.failedFirsts < BAN_AFTER_FAILURES) return;
		health.failedFirsts = 0;
		health.bannedUntil = this.world.options.now() + BAN_MS;
	}

	/** What the list shows of the last delivery; three days without success remove the hook. */
	private note(hook: Row, status: number): void {
		const now = this.world.options.now();
		const health = this.healthOf(hook.id);
		const isGood = status >= 200 && status < 300;
		if (isGood) Object.assign(health, { failedFirsts: 0, failingSince: undefined });
		else health.failingSince ??= now;
		const isDead = health.failingSince !== undefined && now - health.failingSince >= DEAD_AFTER_MS;
		this.world.put('webhooks', {
			...hook,
			last_delivery_time: this.world.moment(),
			last_http_status: status || null,
			...(isDead ? { is_deleted: true, is_active: 0, remove_reason: 'no success in 3 days' } : {}),
		});
	}
}
