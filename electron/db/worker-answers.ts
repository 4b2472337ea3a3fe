/** The number of the answer that says whether the database could be opened, and what had to be done. */
export const OPENING = 0;
/** That of a failure that nobody waits for. */
export const UNASKED = -1;
