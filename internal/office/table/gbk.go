package table

import (
	"bufio"
	"errors"
	"io"
)

// looksChinese reports whether a text is GB18030 (of which GBK and GB2312 are parts), and not
// something else that happens to be decodable. Nearly every pair of bytes is some character in
// GB18030, but in real text most of them lie in the old inner square of GB2312, while Latin-1,
// Big5 or Shift-JIS read as GB18030 fall outside it or into the private areas.
func looksChinese(open textStream) (bool, error) {
	r, err := open()
	if err != nil {
		return false, err
	}
	in := bufio.NewReaderSize(r, 128<<10)
	pairs, inner := 0, 0
	for {
		b, err := in.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			return pairs > 0 && inner*2 >= pairs, nil
		case err != nil:
			return false, err
		case b < 0x80:
			continue
		}
		kind, err := readPair(in, b)
		if err != nil || kind == pairNone {
			return false, err
		}
		pairs++
		if kind == pairInner {
			inner++
		}
	}
}

type pairKind int

const (
	pairNone  pairKind = iota // no character, or a private one
	pairOuter                 // a rarer character
	pairInner                 // a character of GB2312
)

// readPair reads the rest of the character that lead begins: one byte more, or three.
func readPair(in *bufio.Reader, lead byte) (pairKind, error) {
	trail, err := in.ReadByte()
	if errors.Is(err, io.EOF) {
		return pairNone, nil
	}
	if err != nil {
		return pairNone, err
	}
	switch {
	case lead == 0x80 || lead == 0xFF:
		return pairNone, nil
	case trail >= '0' && trail <= '9':
		return readFour(in)
	case trail < 0x40 || trail == 0x7F || trail == 0xFF:
		return pairNone, nil
	case privatePair(lead, trail):
		return pairNone, nil
	case trail >= 0xA1 && (lead >= 0xB0 && lead <= 0xF7 || lead >= 0xA1 && lead <= 0xA9):
		return pairInner, nil
	}
	return pairOuter, nil
}

func readFour(in *bufio.Reader) (pairKind, error) {
	rest, err := in.Peek(2)
	if errors.Is(err, io.EOF) {
		return pairNone, nil
	}
	if err != nil {
		return pairNone, err
	}
	if rest[0] < 0x81 || rest[0] > 0xFE || rest[1] < '0' || rest[1] > '9' {
		return pairNone, nil
	}
	_, err = in.Discard(2)
	return pairOuter, err
}

func privatePair(lead, trail byte) bool {
	switch {
	case lead >= 0xAA && lead <= 0xAF, lead >= 0xF8 && lead <= 0xFE:
		return trail >= 0xA1
	case lead >= 0xA1 && lead <= 0xA7:
		return trail < 0xA1
	}
	return false
}
