/** Change documents are searched without an index on their date, so the window is kept short. */
export const LOOKBACK_MINUTES = 120;
