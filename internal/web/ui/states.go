package ui

// The states of a thing with a date. Each has its own shape, so that it reads
// without colour.
const (
	OnTime  = "ontime" // green disc
	Soon    = "soon"   // amber triangle
	Late    = "late"   // red square
	Waiting = "wait"   // grey ring: someone else's turn
	Done    = "done"   // tick
	Draft   = "draft"  // dotted ring
	None    = "none"   // short dash
	Info    = "info"   // word alone
)

// Status is a word with a shape ("c-status").
type Status struct {
	State string
	Text  string // "" for the ordinary word of the state
	Box   bool   // with a ground of its own, beside titles
}

// Lamp is the shape alone ("c-lamp"); Text is read out, "" when a word stands beside.
type Lamp struct{ State, Text string }

// Steps shows where a thing stands in its life ("c-steps").
type Steps struct {
	Label string
	Items []Step
}

// Step is one stage; State is "done", "current", "late" or "" for what is to come.
type Step struct{ Text, Sub, State, Href string }

// Timeline is a history, newest first or oldest first as given ("c-timeline").
type Timeline struct {
	Label  string
	Events []Event
}

// Event is one entry of a history. ISO is the machine's form of When.
type Event struct {
	When, ISO, Who, Text, Detail, Href, State string
}

// Progress is work under way ("c-progress"). With Poll set and Done false, the
// browser fetches Poll every second and puts the answer in its place.
type Progress struct {
	ID, Label, Text string
	Value, Max      int64
	Poll            string
	Done            bool
	Href            string // without JavaScript: look again
}

// Clock is a stage clock ("c-clock"): a pure function of these four numbers,
// all in milliseconds, so that every screen shows the same.
type Clock struct {
	ElapsedMS int64 // before the last start
	StartedMS int64 // Unix time of the last start
	Running   bool
	LimitMS   int64 // 0: none
	NowMS     int64 // the server's clock when the page was made
	Label     string
	Down      bool // shows what is left instead
}
