// An independent reader of a board's log: Go's own sumdb packages (golang.org/x/mod), which define the formats that C2SP took up.
//
//	read FOLDER VKEY SKEY   checks checkpoint, every tile, every entry's inclusion, and each smaller tree's consistency;
//	                        then prints the checkpoint signed again by this program's own note writer.
package main

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type tiles struct{ folder string }

func (t tiles) Height() int                         { return 8 }
func (t tiles) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var found [][]byte
	for _, tile := range wanted {
		path := strings.TrimPrefix(tile.Path(), "tile/8/")
		content, err := os.ReadFile(filepath.Join(t.folder, "tile", path))
		if err != nil {
			return nil, err
		}
		found = append(found, content)
	}
	return found, nil
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func entries(folder string, size int64) [][]byte {
	var found [][]byte
	for n := int64(0); int64(len(found)) < size; n++ {
		width := size - n*256
		if width > 256 {
			width = 256
		}
		name := strings.TrimPrefix(tlog.Tile{H: 8, L: -1, N: n, W: int(width)}.Path(), "tile/8/data/")
		content, err := os.ReadFile(filepath.Join(folder, "tile", "entries", name))
		must(err)
		for len(content) > 0 {
			length := int(content[0])<<8 | int(content[1])
			found = append(found, content[2:2+length])
			content = content[2+length:]
		}
	}
	return found
}

func main() {
	folder := os.Args[1]
	verifier, err := note.NewVerifier(os.Args[2])
	must(err)
	raw, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	must(err)
	opened, err := note.Open(raw, note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	hash, err := base64.StdEncoding.DecodeString(lines[2])
	must(err)
	var root tlog.Hash
	copy(root[:], hash)
	tree := tlog.Tree{N: size, Hash: root}
	reader := tlog.TileHashReader(tree, tiles{folder})
	all := entries(folder, size)
	if int64(len(all)) != size {
		must(fmt.Errorf("%d entries for a size of %d", len(all), size))
	}
	for n, entry := range all {
		proof, err := tlog.ProveRecord(size, int64(n), reader)
		must(err)
		must(tlog.CheckRecord(proof, size, root, int64(n), tlog.RecordHash(entry)))
	}
	for smaller := int64(1); smaller < size; smaller += 1 + size/50 {
		before, err := tlog.TreeHash(smaller, reader)
		must(err)
		proof, err := tlog.ProveTree(size, smaller, reader)
		must(err)
		must(tlog.CheckTree(proof, size, root, smaller, before))
	}
	signer, err := note.NewSigner(os.Args[3])
	must(err)
	again, err := note.Sign(&note.Note{Text: opened.Text}, signer)
	must(err)
	os.Stdout.Write(again)
}
