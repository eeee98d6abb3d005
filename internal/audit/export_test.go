package audit

// Leaf is what the tree commits to for an entry with that detail.
func Leaf(e Entry, detail string) []byte {
	e.raw = detail
	return e.leaf()
}
