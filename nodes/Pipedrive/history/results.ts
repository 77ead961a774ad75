import type { Result } from '../result';
import type { HistoryIntent } from './intents';

export type HistoryResult = Result<HistoryIntent>;
