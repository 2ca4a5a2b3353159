-- Asked of every sale that is settled: without it each would read every dispute there ever was.
CREATE INDEX dispute_of_collection ON dispute (collection_ref);
