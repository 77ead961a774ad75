import type { DocumentOptions, HistoryMode } from './intents';

/** How documents of the ERP appear in Pipedrive. */
export interface DocumentSettings extends DocumentOptions {
	mode: HistoryMode;
}

export const DEFAULT_DOCUMENT_SETTINGS: DocumentSettings = { mode: 'summaryNote' };
