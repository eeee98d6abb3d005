package table

import (
	"bytes"
	"errors"
	"io"
)

// unzipped opens the text of a gzipped file several times. Unzipping is a good part of the work of reading, so the text
// is kept from the first time, if it is not too long; what reads it the last time lets go of it piece by piece.
type unzipped struct {
	r      io.ReaderAt
	size   int64
	pieces [][]byte
	whole  bool
}

const (
	keptPiece  = 256 << 10
	keptPieces = 192 // 48 MiB at most
)

func (u *unzipped) open() (io.Reader, error) {
	if u.whole {
		var pieces []io.Reader
		for _, p := range u.pieces {
			pieces = append(pieces, bytes.NewReader(p))
		}
		return io.MultiReader(pieces...), nil
	}
	in, err := unzip(u.r, u.size)
	if err != nil {
		return nil, err
	}
	u.pieces = nil
	return &keeping{in: in, into: u}, nil
}

// keeping keeps what it reads.
type keeping struct {
	in   io.Reader
	into *unzipped
	over bool
}

func (k *keeping) Read(p []byte) (int, error) {
	n, err := k.in.Read(p)
	if !k.over && !k.into.keep(p[:n]) {
		k.over, k.into.pieces = true, nil
	}
	k.into.whole = !k.over && errors.Is(err, io.EOF)
	return n, err
}

// keep gives false where the text is too long to be kept.
func (u *unzipped) keep(text []byte) bool {
	for len(text) > 0 {
		last := len(u.pieces) - 1
		if last < 0 || len(u.pieces[last]) == keptPiece {
			if len(u.pieces) == keptPieces {
				return false
			}
			u.pieces = append(u.pieces, make([]byte, 0, keptPiece))
			last++
		}
		n := min(len(text), keptPiece-len(u.pieces[last]))
		u.pieces[last] = append(u.pieces[last], text[:n]...)
		text = text[n:]
	}
	return true
}
