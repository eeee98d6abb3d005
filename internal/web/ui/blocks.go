package ui

// Notice says one thing that matters here ("c-notice").
type Notice struct {
	Kind    string // "info" (default), "ok", "warn", "error"
	Title   string
	Text    string
	Actions []Button
	Live    bool // read out when it appears
}

// State is the lamp of a notice.
func (n Notice) State() string {
	switch n.Kind {
	case "ok":
		return Done
	case "warn":
		return Soon
	case "error":
		return Late
	}
	return Info
}

// EmptyState tells what will stand here and how to begin ("c-empty").
type EmptyState struct {
	Title, Text string
	Action      *Button
}

// Tabs switches between views of one thing; each has its own address ("c-tabs").
type Tabs struct {
	Label string
	Items []Link
}

// Card is one thing in a list of few ("c-card").
type Card struct {
	Title, Href, Text string
	Status            *Status
	Meta              []string
	Actions           []Button
}

// Details hides what few need ("c-details").
type Details struct {
	Summary string
	Text    []string // paragraphs
	Items   []Fact
	Open    bool
}

// Stale shows both texts when someone else changed the same thing meanwhile ("c-stale").
type Stale struct {
	Title, Text   string // "" for the ordinary words
	YoursMeta     string // who and when
	TheirsMeta    string
	Rows          []StaleRow
	Keep, Discard Button
}

// StaleRow is one field of which there are two texts.
type StaleRow struct{ Label, Yours, Theirs string }

// Differs tells whether the two texts differ.
func (r StaleRow) Differs() bool { return r.Yours != r.Theirs }

// Heading is a section heading with a link or button beside it ("c-heading").
type Heading struct {
	Text, ID string
	Count    string
	Actions  []Button
}

// Menu is a button that opens a short list: the ways to export, the rarer deeds ("c-menu").
type Menu struct {
	Text    string
	Links   []Link
	Buttons []Button // each with Post
}
