// Checks claims about a log with the reference code of golang.org/x/mod/sumdb: one JSON object a line in, one word a
// line out, "holds" or "refused".
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type claim struct {
	Key   string   // the log's key
	Note  string   // the signed checkpoint
	Older string   // an older one that it extends; empty where an entry is claimed to be in it
	Index int64    // the entry's number
	Leaf  string   // the entry's leaf, hexadecimal
	Path  []string // hashes of the proof, hexadecimal
}

func head(key, signed string) (size int64, root tlog.Hash, err error) {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return
	}
	opened, err := note.Open([]byte(signed), note.VerifierList(verifier))
	if err != nil {
		return
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		err = fmt.Errorf("not a checkpoint of this log")
		return
	}
	if size, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return
	}
	decoded, err := base64.StdEncoding.DecodeString(lines[2])
	if err == nil && len(decoded) != tlog.HashSize {
		err = fmt.Errorf("not a root")
	}
	copy(root[:], decoded)
	return
}

func check(said claim) error {
	size, root, err := head(said.Key, said.Note)
	if err != nil {
		return err
	}
	var path []tlog.Hash
	for _, part := range said.Path {
		decoded, err := hex.DecodeString(part)
		if err != nil || len(decoded) != tlog.HashSize {
			return fmt.Errorf("not a hash")
		}
		var hash tlog.Hash
		copy(hash[:], decoded)
		path = append(path, hash)
	}
	if said.Older != "" {
		olderSize, olderRoot, err := head(said.Key, said.Older)
		if err != nil {
			return err
		}
		return tlog.CheckTree(path, size, root, olderSize, olderRoot)
	}
	leaf, err := hex.DecodeString(said.Leaf)
	if err != nil {
		return err
	}
	return tlog.CheckRecord(path, size, root, said.Index, tlog.RecordHash(leaf))
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var said claim
		if err := json.Unmarshal(lines.Bytes(), &said); err != nil {
			panic(err)
		}
		if check(said) == nil {
			fmt.Println("holds")
		} else {
			fmt.Println("refused")
		}
	}
}
