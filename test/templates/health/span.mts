/** The running day and the running hour included. */
export const DAYS_SHOWN = 14;
export const HOURS_SHOWN = 24;
