package ui

// Table is a list of like things ("c-table"). On phones each row becomes a card
// headed by its first cell.
type Table struct {
	ID          string
	Caption     string
	HideCaption bool
	Columns     []Column // at most seven
	Rows        []Row
	Foot        []Cell // totals
	Empty       *EmptyState
	Pager       *Pager
	Wide        bool // stays a table on phones and scrolls sideways (matrices)
}

// Column heads one column.
type Column struct {
	Head   string
	Unit   string // "%", "days": stands in the head, not in the cells
	Align  string // "" left, "right" for figures, "center", "nowrap" for dates and short words
	Sort   string // address that sorts by this column; "" when it can't
	Sorted string // "asc" or "desc" when the list is sorted by it
}

// Row is one thing. Its whole width opens Href.
type Row struct {
	ID    string
	Href  string
	Cells []Cell
	State string // a state of Status colours nothing but marks the row for the eye
	Pick  *Pick  // a box to choose the row with, for what is done to several at once
}

// Pick is the box that chooses a row: a checkbox of the form whose id is Form. The key x ticks it.
type Pick struct{ Form, Name, Value, Label string }

// Cell is one value. Text may be empty: on phones an empty cell is not shown.
type Cell struct {
	Text   string
	Sub    string // second line, quieter
	Href   string // the first cell takes the row's Href by itself
	Status *Status
	Button *Button
	Field  *Field // a box to fill in, in the row: Label is read out
}

// T is a cell of plain text.
func T(text string) Cell { return Cell{Text: text} }

// Pager stands under a table ("c-pager").
type Pager struct {
	Text       string // "1–50 of 904"
	Prev, Next string // addresses; "" at the ends
	Links      []Link // page numbers, when few
}

// KeyFigures is a line of numbers, each a link to what it counts ("c-figures").
type KeyFigures struct {
	Label string
	Items []Figure
}

// Figure is one number. State puts a lamp beside its label.
type Figure struct {
	Label, Value, Unit, Note string
	Href                     string
	State                    string
}

// DescriptionList shows the facts of one thing ("c-dl").
type DescriptionList struct{ Items []Fact }

// Fact is one line of a DescriptionList.
type Fact struct {
	Term, Text, Sub string
	Href            string
	Status          *Status
	Action          *Link // "Change"
}

// Tree is a nesting of units ("c-tree").
type Tree struct {
	Label string
	Nodes []Node
}

// Node is one unit of a Tree. MoreHref leads to children that are not listed.
type Node struct {
	Text, Href, Note string
	Status           *Status
	Current, Open    bool
	Children         []Node
	MoreText         string
	MoreHref         string
}

// Files lists attachments ("c-files").
type Files struct {
	Items []File
}

// File is one attachment.
type File struct {
	Name, Href, Note string
	Remove           *Button
}
