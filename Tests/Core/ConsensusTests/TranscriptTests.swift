import Testing

@Suite("Scenes of one replica, as transcripts")
struct TranscriptTests {
    @Test("does what the transcript says", arguments: Transcript.names)
    func transcript(name: String) throws {
        var transcript = try Transcript(named: name)
        var scene: Scene?
        for index in transcript.blocks.indices {
            let expected = transcript.blocks[index].answers
            var answers: [String] = []
            for command in transcript.blocks[index].commands {
                if command.hasPrefix("replica ") {
                    scene = Scene(command)
                } else {
                    answers += scene?.run(command) ?? ["no replica yet"]
                }
            }
            transcript.blocks[index].answers = answers
            if !Transcript.isRewriting {
                let commands = transcript.blocks[index].commands
                #expect(answers == expected, "\(name): \(commands)")
            }
        }
        #expect(scene?.breaches == [])
        if Transcript.isRewriting { try transcript.rewrite() }
    }

    @Test("there are sixty of them, and each says first what must hold")
    func transcriptsExist() throws {
        #expect(Transcript.names.count >= 60)
        for name in Transcript.names {
            let transcript = try Transcript(named: name)
            let said = transcript.blocks.first?.comments ?? []
            #expect(!said.isEmpty, "\(name) does not say what it is for")
            let answers = transcript.blocks.dropFirst().flatMap(\.answers)
            #expect(!answers.isEmpty, "nothing happens in \(name)")
        }
    }
}
