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
        if Transcript.isRewriting { try transcript.rewrite() }
    }

    @Test("there are transcripts to run")
    func transcriptsExist() {
        #expect(Transcript.names.count >= 18)
    }
}
