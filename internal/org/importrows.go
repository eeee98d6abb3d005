package org

import (
	"hash/maphash"
	"strings"
)

// rowList keeps the rows in pieces that are never copied: growing costs neither time nor twice the memory.
type rowList struct {
	pieces [][]unitRow
	n      int32
	text   texts
	more   []unitMore // of the rows that have any of the optional columns
}

const rowPiece = 1 << 13

func (l *rowList) at(i int32) *unitRow { return &l.pieces[i/rowPiece][i%rowPiece] }

func (l *rowList) add(r unitRow) {
	if l.n%rowPiece == 0 {
		l.pieces = append(l.pieces, make([]unitRow, rowPiece))
	}
	*l.at(l.n) = r
	l.n++
}

func (l *rowList) code(i int32) string { return l.text.of(l.at(i).code) }

// moreOf are the optional columns of a row.
func (l *rowList) moreOf(r *unitRow) unitMore {
	if r.more == 0 {
		return unitMore{}
	}
	return l.more[r.more-1]
}

// texts keeps many short texts in few long pieces: none of them costs an allocation of its own, none holds the whole line
// of the file that it was read from, and the rows hold no pointers, so that the memory manager need not look at them.
type texts struct{ pieces []*strings.Builder }

// kept is where a text stands; the zero value is the empty text.
type kept struct{ piece, at, n uint32 }

const textPiece = 1 << 16

func (t *texts) keep(s string) kept {
	if s == "" {
		return kept{}
	}
	last := len(t.pieces) - 1
	if last < 0 || t.pieces[last].Cap()-t.pieces[last].Len() < len(s) {
		t.pieces = append(t.pieces, &strings.Builder{})
		last++
		t.pieces[last].Grow(max(textPiece, len(s)))
	}
	piece := t.pieces[last]
	k := kept{uint32(last), uint32(piece.Len()), uint32(len(s))}
	piece.WriteString(s)
	return k
}

func (t *texts) of(k kept) string {
	if k.n == 0 {
		return ""
	}
	return t.pieces[k.piece].String()[k.at : k.at+k.n]
}

// codeIndex finds rows by their code. A place holds the row's number and one, and 32 bits of the code's hash: a code that
// is new, as most are, is told from all others without looking at any of their texts, and the table grows without
// hashing them again. It takes a fifth of what a map of texts does.
type codeIndex struct {
	seed   maphash.Seed
	places []uint64 // 0 is an empty place
}

// find gives the row that has the code.
func (x *codeIndex) find(rows *rowList, code string) (row int32, ok bool) {
	if len(x.places) == 0 {
		return 0, false
	}
	at, _ := x.place(rows, code)
	return int32(uint32(x.places[at])) - 1, x.places[at] != 0
}

// place is where a code stands, or the empty place where it would, and its hash.
func (x *codeIndex) place(rows *rowList, code string) (at int, hash uint32) {
	last := len(x.places) - 1 // a power of two less one
	hash = uint32(maphash.String(x.seed, code))
	for at = int(hash) & last; x.places[at] != 0; at = (at + 1) & last {
		if uint32(x.places[at]>>32) == hash && rows.code(int32(uint32(x.places[at]))-1) == code {
			break
		}
	}
	return at, hash
}

// add takes in a row with its code, unless an earlier row has it: that one's number is the answer then.
func (x *codeIndex) add(rows *rowList, code string, row int32) (first int32, doubled bool) {
	if 4*int(row+1) > 3*len(x.places) {
		x.grow()
	}
	at, hash := x.place(rows, code)
	if x.places[at] != 0 {
		return int32(uint32(x.places[at])) - 1, true
	}
	x.places[at] = uint64(hash)<<32 | uint64(row+1)
	return row, false
}

func (x *codeIndex) grow() {
	if x.places == nil {
		x.seed = maphash.MakeSeed()
	}
	old := x.places
	x.places = make([]uint64, max(1024, 2*len(old)))
	last := len(x.places) - 1
	for _, p := range old {
		if p == 0 {
			continue
		}
		at := int(p>>32) & last
		for x.places[at] != 0 {
			at = (at + 1) & last
		}
		x.places[at] = p
	}
}
