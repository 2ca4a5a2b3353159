// Where the files of the operators' page are, as whoever makes them and whoever serves them know it.

/** What all but the page itself is asked for under. */
export const under = '/ui/';
