package store

// Knows makes the database behave as if the program came with these migrations: version and text, in order.
func (db *DB) Knows(steps map[int64]string) {
	db.steps = []migration{}
	for v := range int64(10000) {
		if text, ok := steps[v]; ok {
			db.steps = append(db.steps, newMigration(v, "step.sql", text))
		}
	}
}
