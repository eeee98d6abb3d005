package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
)

// longest is far above any plan that a person could read, in bytes.
const longest = 1 << 18

// Text gives the canonical JSON of a body: fields in the order of the types, keys of texts sorted and none of them empty,
// no spaces, no escapes beyond those that JSON needs.
func (b Body) Text() (string, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(b.normal()); err != nil {
		return "", err
	}
	return string(bytes.TrimRight(buf.Bytes(), "\n")), nil
}

// Digest gives the SHA-256 of a plan's text in hex.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Parse reads the JSON of a body. An unknown field, a second value or a text of more than 256 KiB is an error.
func Parse(text []byte) (Body, error) {
	var b Body
	if len(text) > longest {
		return b, fmt.Errorf("plan: longer than %d bytes", longest)
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&b); err != nil {
		return b, fmt.Errorf("plan: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return b, fmt.Errorf("plan: more than one value")
	}
	return b, nil
}

// FromPack reads the pack's plan.json: the plan that an office starts from. A pack whose plan has problems is an error.
func FromPack(files fs.FS) (Body, error) {
	text, err := fs.ReadFile(files, "plan.json")
	if err != nil {
		return Body{}, fmt.Errorf("pack: %w", err)
	}
	return Parse(text)
}
