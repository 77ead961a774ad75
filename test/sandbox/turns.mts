/** Small changes of a working day, one after the other, so that a running sync has something to do. */
import type { Draw } from './s4hana/companies.mts';

/** Changes one thing of this customer and says in one line what it was. */
export type Turn = (key: string) => string;

/** Each call takes the next kind of change and any customer. */
export function inTurns(draw: Draw, keys: () => readonly string[], kinds: readonly Turn[]) {
	let turn = 0;
	return (): string => {
		const kind = kinds[turn++ % kinds.length];
		return kind ? kind(draw.from(keys())) : '';
	};
}
