package org

import (
	"hash/maphash"
	"strings"
)

// rowList keeps the rows in pieces that are never copied: growing costs neither time nor twice the memory.
type rowList struct {
	pieces [][]unitRow
	n      int32
	plain  int32 // rows without optional columns
}

const rowPiece = 1 << 13

func (l *rowList) at(i int32) *unitRow { return &l.pieces[i/rowPiece][i%rowPiece] }

func (l *rowList) add(r unitRow) {
	if l.n%rowPiece == 0 {
		l.pieces = append(l.pieces, make([]unitRow, rowPiece))
	}
	*l.at(l.n) = r
	l.n++
	if r.more == nil {
		l.plain++
	}
}

// texts keeps many short texts in few long pieces: none of them costs an allocation of its own, and none holds the
// whole line of the file that it was read from.
type texts struct{ piece *strings.Builder }

const textPiece = 1 << 16

func (t *texts) keep(s string) string {
	if t.piece == nil || t.piece.Cap()-t.piece.Len() < len(s) {
		t.piece = &strings.Builder{}
		t.piece.Grow(max(textPiece, len(s)))
	}
	at := t.piece.Len()
	t.piece.WriteString(s)
	return t.piece.String()[at:]
}

// codeIndex finds rows by their code. It is a table of row numbers alone (0 is an empty place, else the row's number and
// one), a tenth of what a map of texts takes.
type codeIndex struct {
	seed   maphash.Seed
	places []int32
}

// find gives the row that has the code.
func (x *codeIndex) find(rows *rowList, code string) (row int32, ok bool) {
	if len(x.places) == 0 {
		return 0, false
	}
	at := x.place(rows, code)
	return x.places[at] - 1, x.places[at] != 0
}

// place is where a code stands, or the empty place where it would.
func (x *codeIndex) place(rows *rowList, code string) int {
	last := len(x.places) - 1 // a power of two less one
	at := int(maphash.String(x.seed, code)) & last
	for x.places[at] != 0 && rows.at(x.places[at]-1).code != code {
		at = (at + 1) & last
	}
	return at
}

// add takes in the newest row, whose code must be new.
func (x *codeIndex) add(rows *rowList) {
	if 4*int(rows.n) > 3*len(x.places) {
		x.grow(rows)
		return
	}
	x.places[x.place(rows, rows.at(rows.n-1).code)] = rows.n
}

func (x *codeIndex) grow(rows *rowList) {
	if x.places == nil {
		x.seed = maphash.MakeSeed()
	}
	x.places = make([]int32, max(1024, 2*len(x.places)))
	for i := range rows.n {
		x.places[x.place(rows, rows.at(i).code)] = i + 1
	}
}
